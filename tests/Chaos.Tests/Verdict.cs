using System.Collections.Concurrent;

namespace Chaos.Tests;

/// <summary>After the last fault, with the actor at rest: the store is what the server is, each mail that was news was told once, and no two silos synced one mailbox for long.</summary>
internal sealed class Verdict(ChaosWorld world)
{
    private const int ReadAtOnce = 4;

    public async Task GiveAsync()
    {
        await UntilQuietAsync();
        await AssertStoresEqualServerAsync();
        await AssertFeedEqualsStoreAsync();
        AssertOneSilo();
        await AssertTelemetryAsync();
    }

    /// <summary>Every silo has exported our metrics and Orleans'.</summary>
    private Task AssertTelemetryAsync() => Eventually.TrueAsync("every silo exports its metrics", () => Task.FromResult(world.All.All(silo =>
        world.Metrics.Has(silo, "postmill.") && world.Metrics.Has(silo, "orleans-"))), within: ChaosLimits.Patience);

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

    private Task<IReadOnlyList<string>> LateAsync(DateTime rest) => world.TextsAsync(
        // The schedule counts from the beginning of the last run.
        "SELECT email FROM account WHERE NOT (run_started_at IS NULL AND last_error IS NULL AND next_sync_at - make_interval(secs => $2) > $1)", rest, ChaosWorld.IntervalSeconds);

    private async Task AssertStoresEqualServerAsync()
    {
        var differences = new ConcurrentBag<string>();
        var places = 0;
        await Parallel.ForEachAsync(world.Mailboxes, new ParallelOptions { MaxDegreeOfParallelism = ReadAtOnce }, async (mailbox, _) =>
        {
            var server = await OracleMailbox.ReadAsync(world.Dovecot.ImapPort, mailbox.Address, Mailbox.Password, MailActor.Own);
            Interlocked.Add(ref places, server.Places.Count);
            if (server.DifferencesTo(await StoredMailbox.ReadAsync(world.ConnectionString, mailbox.Account)) is { } difference)
                differences.Add($"{mailbox.Address} ({mailbox.Account}): {difference}");
        });
        Assert.True(differences.IsEmpty, string.Join('\n', differences));
        Assert.True(places > 0, "the server holds no mail");
        world.Report.Say($"the store equals the server: {places} places in {world.Mailboxes.Count} mailboxes");
    }

    /// <summary>Every stored mail that was news has one event, and there is no other event. A mail that was expunged before anybody saw it has neither.</summary>
    private async Task AssertFeedEqualsStoreAsync()
    {
        var ends = await Feed.EndsAsync(world.Database);
        var sent = world.Actor.Sent;
        var told = 0;
        foreach (var (at, user) in world.Users.Index())
        {
            var frames = await Feed.ReplayAsync(world.All[at % world.All.Count], user, ends.GetValueOrDefault(user.Id));
            var news = frames.Select(f => Feed.Property(f, "subject") ?? f).ToList();
            Assert.Empty(news.GroupBy(subject => subject).Where(g => g.Count() > 1).Select(g => $"told {g.Count()} times: {g.Key}").Take(5));
            Assert.Empty(news.Where(subject => !sent.TryGetValue(subject, out var mailbox) || mailbox.User != user).Select(subject => $"no news of this user: {subject}").Take(5));
            var stored = await world.TextsAsync("SELECT m.subject FROM message m JOIN account a ON a.id = m.account_id WHERE a.user_id = $1 AND m.subject LIKE 'mail %'", user.Id);
            Assert.Empty(stored.Except(news).Select(subject => $"stored and never told: {subject}").Take(5));
            Assert.Empty(news.Except(stored).Select(subject => $"told and not stored: {subject}").Take(5));
            Assert.Equal(stored.Count, news.Count);
            told += news.Count;
        }

        Assert.True(told > 0, "nothing was told");
        world.Report.Say($"the feed from empty equals the store: {told} of {sent.Count} mails were seen, each told once");
    }

    private void AssertOneSilo()
    {
        var sessions = MailSessions.Read(world.Dovecot.Log, process => Directory.Exists($"/proc/{process}"));
        Assert.True(sessions.Count >= world.Mailboxes.Count, $"Dovecot's log shows {sessions.Count} sessions");
        var longest = MailSessions.LongestTogether(sessions);
        Assert.True(longest is null || longest.Value.Together <= ChaosLimits.Fault + ChaosLimits.SessionMargin, $"two silos were in one mailbox for {longest?.Together}: {longest?.First} and {longest?.Second}");
        world.Report.Say($"of {sessions.Count} sessions of silos the two longest side by side in one mailbox were so for {longest?.Together.TotalSeconds ?? 0:F0} s");
    }
}
