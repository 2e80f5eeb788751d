using System.Globalization;

namespace Chaos.Tests.Sending;

/// <summary>How long and how large; from the environment, see the README.</summary>
internal sealed record SendingOptions(int Seed, int Mails, int Kills, int Accounts, int PerMinute)
{
    public static SendingOptions FromEnvironment() => new(
        Number("POSTMILL_CHAOS_SEED") ?? Random.Shared.Next(1_000_000),
        Number("POSTMILL_CHAOS_MAILS") ?? 600,
        Number("POSTMILL_CHAOS_KILLS") ?? 12,
        Accounts: 6,
        Number("POSTMILL_CHAOS_PER_MINUTE") ?? 80);

    private static int? Number(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
        ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)
        : null;
}
