using Npgsql;

namespace Chaos.Tests;

/// <summary>After the last fault, with the actor at rest: the store is what the servers are, and each mail that was news was told once.</summary>
internal sealed class Verdict(ChaosWorld world)
{
    private const int ReadAtOnce = 4;

    public async Task GiveAsync()
    {
        await UntilQuietAsync();
        await AssertStoresEqualServersAsync();
    }

    /// <summary>Every mailbox had a whole run, by its own schedule, that began after the last change.</summary>
    private async Task UntilQuietAsync()
    {
        await using var now = world.Database.CreateCommand("SELECT now()");
        var rest = (DateTime)(await now.ExecuteScalarAsync())!;
        var began = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync("every mailbox has been looked through since the last change", async () => (await LateAsync(rest)).Count == 0,
            async () => $"{string.Join(", ", (await LateAsync(rest)).Take(10))}\n{await world.Owners.DescribeAsync()}", ChaosLimits.Patience);
        world.Report.Say($"quiet after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s");
    }

    private async Task<IReadOnlyList<string>> LateAsync(DateTime rest)
    {
        // A run's beginning is its schedule's base: next = beginning + interval.
        await using var select = world.Database.CreateCommand("SELECT email FROM account WHERE NOT (run_started_at IS NULL AND last_error IS NULL AND next_sync_at - interval '15 seconds' > $1)");
        select.Parameters.Add(new() { Value = rest });
        await using var row = await select.ExecuteReaderAsync();
        var late = new List<string>();
        while (await row.ReadAsync()) late.Add(row.GetString(0));
        return late;
    }

    private async Task AssertStoresEqualServersAsync()
    {
        var differences = new System.Collections.Concurrent.ConcurrentBag<string>();
        var places = 0;
        await Parallel.ForEachAsync(world.Mailboxes, new ParallelOptions { MaxDegreeOfParallelism = ReadAtOnce }, async (mailbox, _) =>
        {
            var server = await OracleMailbox.ReadAsync(world.Dovecot.ImapPort, mailbox.Address, Mailbox.Password, MailActor.Own);
            Interlocked.Add(ref places, server.Places.Count);
            if (server.DifferencesTo(await StoredMailbox.ReadAsync(world.ConnectionString, mailbox.Account)) is { } difference)
                differences.Add($"{mailbox.Address} ({mailbox.Account}): {difference}");
        });
        Assert.True(differences.IsEmpty, string.Join('\n', differences));
        Assert.True(places > 0, "the servers hold no mail");
        world.Report.Say($"the store equals the servers: {places} places in {world.Mailboxes.Count} mailboxes");
    }
}
