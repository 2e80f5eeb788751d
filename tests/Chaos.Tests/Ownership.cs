using System.Globalization;
using System.Text;
using Npgsql;

namespace Chaos.Tests;

/// <summary>Who looks after what, asked of PostgreSQL: the accounts' rows, and Orleans' membership table as the product's view <c>silo</c> shows it.</summary>
internal sealed class Ownership(NpgsqlDataSource database, IReadOnlyList<Silo> silos, ChaosReport report)
{
    private const string IsAlive = "s.status <> 'dead'";

    /// <summary>The silo that is active at the address, by the name that it has as an owner; empty: none.</summary>
    public async Task<string> OwnerAsync(Silo silo)
    {
        await using var select = database.CreateCommand("SELECT owner FROM silo WHERE address || ':' || port = $1 AND status = 'active' ORDER BY generation DESC LIMIT 1");
        select.Parameters.Add(new() { Value = silo.Address });
        return await select.ExecuteScalarAsync() as string ?? "";
    }

    /// <summary>Waits until another than <paramref name="before"/> is active at the silo's address.</summary>
    public Task UntilJoinedAsync(Silo silo, string before) => Eventually.TrueAsync(
        $"{silo.Name} has joined again", async () => await OwnerAsync(silo) is { Length: > 0 } now && now != before, DescribeAsync, ChaosLimits.Patience);

    /// <summary>Waits until others own what it owned.</summary>
    public Task UntilTakenOverAsync(string owner) => Eventually.TrueAsync($"the accounts of {owner} are taken over", async () => (await OwnedByAsync(owner)).Count == 0, DescribeAsync, ChaosLimits.OwnedAgain);

    /// <summary>Waits until every silo owns its share, or at least half of it: who has just joined is given mailboxes of the others.</summary>
    public Task UntilSharedAsync() => Eventually.TrueAsync("every silo owns a share of the mailboxes", async () =>
    {
        await using var least = database.CreateCommand($"""
            SELECT count(*) = $1 AND min(owned) * $1 * 2 >= (SELECT count(*) FROM account WHERE connected)
            FROM (SELECT (SELECT count(*) FROM account a WHERE a.owner = s.owner) AS owned FROM silo s WHERE status = 'active' AND {IsAlive}) AS shares
            """);
        least.Parameters.Add(new() { Value = silos.Count });
        return (bool)(await least.ExecuteScalarAsync())!;
    }, DescribeAsync, ChaosLimits.Patience);

    /// <summary>Waits until every silo has written a sign of life since now.</summary>
    public async Task UntilAllSeenAsync()
    {
        await using var select = database.CreateCommand("SELECT now()");
        var now = (DateTime)(await select.ExecuteScalarAsync())!;
        await Eventually.TrueAsync("every silo has written a sign of life", async () =>
        {
            await using var count = database.CreateCommand("SELECT count(*)::int FROM silo s WHERE status = 'active' AND seen_at > $1");
            count.Parameters.Add(new() { Value = now });
            return (int)(await count.ExecuteScalarAsync())! == silos.Count;
        }, DescribeAsync, ChaosLimits.OwnedAgain);
    }

    /// <summary>Who is active, as one text.</summary>
    public async Task<string> ActiveAsync() => (string)(await ScalarAsync("SELECT coalesce(string_agg(owner, ' ' ORDER BY owner), '') FROM silo WHERE status = 'active'"))!;

    public async Task<IReadOnlyList<Guid>> OwnedByAsync(string owner)
    {
        await using var select = database.CreateCommand("SELECT id FROM account WHERE owner = $1 ORDER BY id");
        select.Parameters.Add(new() { Value = owner });
        await using var row = await select.ExecuteReaderAsync();
        var accounts = new List<Guid>();
        while (await row.ReadAsync()) accounts.Add(row.GetGuid(0));
        return accounts;
    }

    /// <summary>
    /// Every mailbox is owned by a living silo, <see cref="ChaosLimits.OwnedAgain"/> after <paramref name="began"/> at the latest. That
    /// <paramref name="gone"/> is not yet declared dead does not count.
    /// </summary>
    public async Task AgainAsync(string fault, long began, string gone)
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

    /// <summary>Silos, owners and the last words of each silo.</summary>
    public async Task<string> DescribeAsync()
    {
        var text = new StringBuilder();
        await AppendAsync(text, """
            SELECT s.owner, s.status, 'seen ' || round(extract(epoch FROM now() - s.seen_at)::numeric, 1) || ' s ago',
              (SELECT count(*) FROM account a WHERE a.owner = s.owner) || ' accounts'
            FROM silo s ORDER BY s.started_at
            """);
        await AppendAsync(text, $"""
            SELECT 'no living owner:', a.email, a.id, a.owner, a.epoch, 'swept ' || a.swept_at, 'due ' || a.next_sync_at, 'running since ' || a.run_started_at
            FROM account a WHERE connected AND NOT EXISTS (SELECT 1 FROM silo s WHERE s.owner = a.owner AND {IsAlive}) ORDER BY a.email LIMIT 10
            """);
        foreach (var silo in silos) text.AppendLine(CultureInfo.InvariantCulture, $"--- {silo.Name} at {silo.Address}\n{silo.Tail(40)}");
        return text.ToString();
    }

    /// <returns>Mailboxes without a living owner; null while PostgreSQL is away.</returns>
    private async Task<int?> TryCountAsync(string gone)
    {
        try
        {
            await using var count = database.CreateCommand(
                $"SELECT count(*)::int FROM account a WHERE connected AND NOT EXISTS (SELECT 1 FROM silo s WHERE s.owner = a.owner AND s.owner <> $1 AND {IsAlive})");
            count.Parameters.Add(new() { Value = gone });
            return (int)(await count.ExecuteScalarAsync())!;
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var select = database.CreateCommand(sql);
        return await select.ExecuteScalarAsync();
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
