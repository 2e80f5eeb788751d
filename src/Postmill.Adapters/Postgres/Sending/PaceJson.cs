using System.Text.Json;
using Postmill.Domain.Sending;

namespace Postmill.Adapters.Postgres.Sending;

/// <summary>Marks of an account's limits as they stand in its row: <c>[{"seconds":3600,"most":100,"head":…,"slots":[…]}]</c>.</summary>
internal static class PaceJson
{
    private sealed record Row(double seconds, int most, long head, int[] slots);

    public static string Write(Pace pace) =>
        JsonSerializer.Serialize(pace.Windows.Select(window => new Row(window.Limit.Span.TotalSeconds, window.Limit.Most, window.Head, [.. window.Slots])));

    public static Pace Read(string json) => new(
    [
        .. JsonSerializer.Deserialize<Row[]>(json)!
            .Where(row => row.slots.Length == PaceWindow.PerSpan + 1)
            .Select(row => new PaceWindow(new PaceLimit(TimeSpan.FromSeconds(row.seconds), row.most), row.head, [.. row.slots])),
    ]);
}
