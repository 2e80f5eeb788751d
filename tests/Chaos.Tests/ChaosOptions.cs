using System.Globalization;

namespace Chaos.Tests;

/// <summary>How long and how large; from the environment, see the README.</summary>
/// <param name="Length">Random faults for so long; null: the short form, each fault once.</param>
internal sealed record ChaosOptions(int Seed, TimeSpan? Length, int Users, int Mailboxes, int Sockets)
{
    public static ChaosOptions FromEnvironment() => new(
        Number("POSTMILL_CHAOS_SEED") ?? Random.Shared.Next(1_000_000),
        Number("POSTMILL_CHAOS_MINUTES") is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        Users: 8,
        Number("POSTMILL_CHAOS_MAILBOXES") ?? 200,
        Number("POSTMILL_CHAOS_SOCKETS") ?? 500);

    private static int? Number(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
        ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
        : null;
}
