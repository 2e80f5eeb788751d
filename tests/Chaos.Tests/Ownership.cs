using System.Globalization;
using System.Text;
using Npgsql;

namespace Chaos.Tests;

/// <summary>Who looks after what, asked of PostgreSQL and judged by its clock.</summary>
internal sealed class Ownership(NpgsqlDataSource database, IReadOnlyList<Silo> silos, ChaosReport report)
{
    private const string IsAlive = "s.status <> 'dead' AND s.expires_at > now()";

    /// <summary>The incarnation that works at the silo's address.</summary>
    public async Task<Guid> IncarnationAsync(Silo silo)
    {
        await using var select = database.CreateCommand($"SELECT incarnation FROM silo s WHERE address = $1 AND status = 'active' AND {IsAlive}");
        select.Parameters.Add(new() { Value = silo.Address });
        return await select.ExecuteScalarAsync() as Guid? ?? Guid.Empty;
    }

    /// <summary>Waits until a lease was given at the silo's address to somebody else than <paramref name="before"/>.</summary>
    public Task UntilJoinedAsync(Silo silo, Guid before) => Eventually.TrueAsync(
        $"{silo.Name} has a lease again", async () => await IncarnationAsync(silo) is var now && now != Guid.Empty && now != before, DescribeAsync, ChaosLimits.Patience);

    /// <summary>Waits until every silo owns its share, or at least half of it: who has just joined is given mailboxes of the others.</summary>
    public Task UntilSharedAsync() => Eventually.TrueAsync("every silo owns a share of the mailboxes", async () =>
    {
        await using var least = database.CreateCommand($"""
            SELECT count(*) = $1 AND min(owned) * $1 * 2 >= (SELECT count(*) FROM account WHERE connected)
            FROM (SELECT (SELECT count(*) FROM account a WHERE a.owner = s.incarnation) AS owned FROM silo s WHERE status = 'active' AND {IsAlive}) AS shares
            """);
        least.Parameters.Add(new() { Value = silos.Count });
        return (bool)(await least.ExecuteScalarAsync())!;
    }, DescribeAsync, ChaosLimits.Patience);

    /// <summary>Waits until every silo has renewed its lease since now.</summary>
    public async Task UntilAllRenewAsync()
    {
        await using var select = database.CreateCommand("SELECT now()");
        var now = (DateTime)(await select.ExecuteScalarAsync())!;
        await Eventually.TrueAsync("every silo has renewed its lease", async () =>
        {
            await using var count = database.CreateCommand($"SELECT count(*)::int FROM silo s WHERE status = 'active' AND {IsAlive} AND expires_at - $2 > $1");
            count.Parameters.Add(new() { Value = now });
            count.Parameters.Add(new() { Value = ChaosLimits.Lease });
            return (int)(await count.ExecuteScalarAsync())! == silos.Count;
        }, DescribeAsync, ChaosLimits.OwnedAgain);
    }

    public async Task<IReadOnlyList<Guid>> OwnedByAsync(Guid incarnation)
    {
        await using var select = database.CreateCommand("SELECT id FROM account WHERE owner = $1 ORDER BY id");
        select.Parameters.Add(new() { Value = incarnation });
        await using var row = await select.ExecuteReaderAsync();
        var accounts = new List<Guid>();
        while (await row.ReadAsync()) accounts.Add(row.GetGuid(0));
        return accounts;
    }

    /// <summary>
    /// Every mailbox is owned by a living silo, <see cref="ChaosLimits.OwnedAgain"/> after <paramref name="began"/> at the latest. That the lease of
    /// <paramref name="gone"/> still runs does not count.
    /// </summary>
    public async Task AgainAsync(string fault, long began, Guid gone)
    {
        using var looks = new PeriodicTimer(ChaosLimits.Look);
        int? left;
        while ((left = await TryCountAsync(gone)) != 0)
        {
            var passed = TimeProvider.System.GetElapsedTime(began);
            if (passed > ChaosLimits.OwnedAgain) Assert.Fail($"{fault}: after {passed.TotalSeconds:F1} s {left?.ToString(CultureInfo.InvariantCulture) ?? "unknown"} mailboxes have no living owner\n{await DescribeAsync()}");
            await looks.WaitForNextTickAsync();
        }

        report.Say($"{fault}: every mailbox owned again after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s");
    }

    /// <summary>Leases, owners and the last words of each silo.</summary>
    public async Task<string> DescribeAsync()
    {
        var text = new StringBuilder();
        await AppendAsync(text, """
            SELECT s.address, s.incarnation, s.status, round(extract(epoch FROM s.expires_at - now())::numeric, 1) || ' s left',
              (SELECT count(*) FROM account a WHERE a.owner = s.incarnation) || ' accounts'
            FROM silo s ORDER BY s.started_at
            """);
        await AppendAsync(text, $"""
            SELECT 'no living owner:', a.email, a.id, a.owner, a.epoch, 'swept ' || a.swept_at, 'due ' || a.next_sync_at, 'running since ' || a.run_started_at
            FROM account a WHERE connected AND NOT EXISTS (SELECT 1 FROM silo s WHERE s.incarnation = a.owner AND {IsAlive}) ORDER BY a.email LIMIT 10
            """);
        foreach (var silo in silos) text.AppendLine(CultureInfo.InvariantCulture, $"--- {silo.Name} at {silo.Address}\n{silo.Tail(40)}");
        return text.ToString();
    }

    /// <returns>Mailboxes without a living owner; null while PostgreSQL is away.</returns>
    private async Task<int?> TryCountAsync(Guid gone)
    {
        try
        {
            await using var count = database.CreateCommand(
                $"SELECT count(*)::int FROM account a WHERE connected AND NOT EXISTS (SELECT 1 FROM silo s WHERE s.incarnation = a.owner AND s.incarnation <> $1 AND {IsAlive})");
            count.Parameters.Add(new() { Value = gone });
            return (int)(await count.ExecuteScalarAsync())!;
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    private async Task AppendAsync(StringBuilder text, string sql)
    {
        await using var select = database.CreateCommand(sql);
        await using var row = await select.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var values = new object[row.FieldCount];
            row.GetValues(values);
            text.AppendJoin("  ", values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture))).AppendLine();
        }
    }
}
