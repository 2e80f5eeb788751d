namespace Chaos.Tests.Sending;

/// <summary>What is done to the silos while mails are under way.</summary>
internal sealed class SendingFaults(SendingWorld world)
{
    /// <summary>For so long mails are sent before the next fault, at most.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(1_500);

    private static readonly TimeSpan DatabaseAway = TimeSpan.FromSeconds(4);

    private readonly Random _random = new(world.Options.Seed);
    private int _handedIn;

    /// <summary>Connections to the sink that were open when their silo was killed, over all kills.</summary>
    public int OpenAtKills { get; private set; }

    /// <summary>Addresses that mail was handed in for, each once.</summary>
    public List<string> Recipients { get; } = [];

    /// <summary>More mails, over all accounts; every tenth goes to two recipients.</summary>
    public async Task HandInAsync(int mails)
    {
        var numbers = Enumerable.Range(_handedIn, mails).ToList();
        _handedIn += mails;
        foreach (var n in numbers) Recipients.AddRange(RecipientsOf(n));
        await Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (n, _) => await world.User.HandInAsync(world.All, world.Accounts[n % world.Accounts.Count], $"m{n}", RecipientsOf(n)));
    }

    /// <summary>Some mails are handed in while a silo is killed with -9 at a random moment; it comes back at once, or after the others have taken its accounts.</summary>
    public async Task KillAsync(int mails, bool startAtOnce)
    {
        var handingIn = HandInAsync(mails);
        await Task.Delay(_random.NextDouble() * Between, TimeProvider.System);
        var victim = world.All[_random.Next(world.All.Count)];
        var owner = await world.Owners.OwnerAsync(victim);
        victim.Suspend();
        var open = SinkConnections.Of(victim.Process.Id, world.Sink.Port);
        await victim.KillAsync();
        OpenAtKills += open;
        if (!startAtOnce) await world.Owners.UntilTakenOverAsync(owner);
        await world.RestartAsync(victim);
        await handingIn;
    }

    /// <summary>SIGTERM while mails are under way: they end, and nobody is left in doubt.</summary>
    public async Task TermAsync(int mails)
    {
        await UntilQuietAsync();
        var before = await UncertainAsync();
        var handingIn = HandInAsync(mails);
        await UnderWayAsync();
        var victim = world.All[_random.Next(world.All.Count)];
        var open = SinkConnections.Of(victim.Process.Id, world.Sink.Port);
        await victim.StopAsync();
        await world.RestartAsync(victim);
        await handingIn;
        await UntilQuietAsync();
        Assert.Equal(before, await UncertainAsync());
        world.Report.Say($"SIGTERM to {victim.Name} with {open} connections to the sink: no mail in doubt");
    }

    /// <summary>
    /// The database goes away while mails are under way, and comes back: in between the sink accepts only what was committed to before. Nobody is declared dead, and nobody is in doubt.
    /// </summary>
    public async Task DatabaseAwayAsync(int mails)
    {
        await UntilQuietAsync();
        var before = await UncertainAsync();
        var handingIn = HandInAsync(mails);
        await UnderWayAsync();
        var active = await world.Owners.ActiveAsync();
        await world.Postgres.StopAtOnceAsync();
        var gone = TimeProvider.System.GetUtcNow();
        await Task.Delay(DatabaseAway, TimeProvider.System);
        var back = TimeProvider.System.GetUtcNow();
        await world.Postgres.StartAsync();
        world.Database.Clear();
        await handingIn;
        await UntilQuietAsync();
        var meanwhile = world.Sink.Accepted.Where(mail => mail.At > gone && mail.At < back).ToList();
        Assert.True(meanwhile.Count <= world.All.Count * world.Accounts.Count * 2, $"{meanwhile.Count} mails were accepted while no intent could be committed");
        var doubted = await UncertainAsync() - before;
        Assert.Equal(active, await world.Owners.ActiveAsync());
        Assert.All(await StateAsync(meanwhile), state => Assert.Equal("sent", state));
        Assert.Equal(0, doubted);
        world.Report.Say($"PostgreSQL was away for {DatabaseAway.TotalSeconds} s: {meanwhile.Count} mails under way were accepted, each with its intent from before; {doubted} recipients in doubt");
    }

    /// <summary>Every mail that was handed in has a verdict.</summary>
    public async Task UntilQuietAsync()
    {
        const string open = "job WHERE kind = 'send_message' AND state IN ('queued', 'running', 'retrying')";
        await Eventually.TrueAsync("every mail has a verdict", async () => await world.CountAsync(open) == 0,
            async () => string.Join('\n', (await world.RowsAsync($"""
                SELECT state, count(*)::text, coalesce(min(next_run_at)::text, '-'), coalesce(max(last_error_detail), '-') FROM {open} GROUP BY state
                """)).Select(row => string.Join(' ', row))), ChaosLimits.Patience);
    }

    private Task UnderWayAsync() => Eventually.TrueAsync("mails are under way", async () => await world.CountAsync("job WHERE kind = 'send_message' AND state = 'running'") >= 2,
        within: ChaosLimits.Patience);

    private static string[] RecipientsOf(int n) => n % 10 == 0 ? [$"r{n}@example.net", $"also{n}@example.net"] : [$"r{n}@example.net"];

    private Task<int> UncertainAsync() => world.CountAsync("outgoing_recipient WHERE state = 'uncertain'");

    private async Task<IReadOnlyList<string>> StateAsync(IReadOnlyList<AcceptedMail> mails) =>
        [.. (await world.RowsAsync("SELECT state FROM outgoing_recipient WHERE address = ANY ($1)", (object)mails.SelectMany(mail => mail.Recipients).ToArray())).Select(row => row[0])];
}
