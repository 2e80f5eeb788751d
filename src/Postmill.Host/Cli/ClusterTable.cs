using System.Globalization;
using Postmill.Adapters.Postgres.Cluster;
using Postmill.Domain;
using Postmill.Host.Cluster;
using Spectre.Console;

namespace Postmill.Host.Cli;

/// <summary>The cluster for people.</summary>
internal static class ClusterTable
{
    public static void Write(IAnsiConsole console, ClusterJson cluster)
    {
        Line(console, Style.Plain, $"cluster {cluster.Name}, at {WireTime.Format(cluster.AskedAt)}");
        if (cluster.Silos.Count > 0) console.Write(Silos(cluster));
        var accounts = cluster.Accounts;
        Line(console, Style.Plain, $"accounts   {accounts.Connected} connected, {accounts.Owned} owned, {accounts.Orphaned} without an owner (oldest {accounts.OldestOrphanSeconds} s)");
        Line(console, Style.Plain, $"syncs      {accounts.Running} running, {accounts.Overdue} overdue (longest {cluster.SweepLagSeconds} s), {accounts.NeedPerson} need a person");
        var status = accounts.ByStatus;
        Line(console, Style.Plain, $"status     {status.Pending} pending, {status.Syncing} syncing, {status.Synced} synced, {status.Error} error");
        foreach (var problem in cluster.Problems) Line(console, new Style(Color.Red, decoration: Decoration.Bold), $"problem    {problem}");
        if (cluster.Healthy) Line(console, new Style(Color.Green), $"healthy");
    }

    private static Table Silos(ClusterJson cluster)
    {
        var table = new Table { Border = TableBorder.Minimal };
        table.AddColumns("silo", "address", "role", "status", "last seen", "accounts", "up since", "version");
        table.Columns[4].RightAligned();
        table.Columns[5].RightAligned();
        foreach (var silo in cluster.Silos)
        {
            var style = StyleOf(silo.Status);
            string[] cells =
            [
                silo.Name, silo.Address, silo.Role, silo.Status, Text($"{silo.LastSeenSeconds:0} s ago"), Text($"{silo.Accounts}"),
                WireTime.Format(silo.StartedAt), silo.Version,
            ];
            table.AddRow(cells.Select(c => new Text(Terminal.Plain(c), style)));
        }
        return table;
    }

    private static Style StyleOf(string status) => status switch
    {
        SiloLife.Active => Style.Plain,
        SiloLife.Joining or SiloLife.Draining => new Style(Color.Yellow),
        SiloLife.Silent => new Style(Color.Red),
        _ => new Style(Color.Grey),
    };

    private static void Line(IAnsiConsole console, Style style, FormattableString text)
    {
        console.Write(new Text(Terminal.Plain(text.ToString(CultureInfo.InvariantCulture)), style));
        console.WriteLine();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
