namespace Chaos.Tests;

/// <summary>What is done to the cluster. Each ends with every mailbox owned again and all three silos at work.</summary>
internal sealed class Faults(ChaosWorld world)
{
    // Mails for so many of a silo's mailboxes: its writes are under way when it is stopped or cut off, and others come when it is back.
    private const int Stirred = 40;

    private readonly Random _random = new(world.Options.Seed + 1);

    /// <summary>One of them, at random.</summary>
    public Task AnyAsync() => _random.Next(6) switch
    {
        0 => KillAsync(startAtOnce: false),
        1 => KillAsync(startAtOnce: true),
        2 => StopAsync(),
        3 => StallAsync(),
        4 => RestartPostgresAsync(),
        _ => RollAsync(),
    };

    /// <summary><c>kill -9</c>: nothing is drained, nothing released.</summary>
    /// <param name="startAtOnce">Started again before the others notice; otherwise they take its mailboxes over first.</param>
    public async Task KillAsync(bool startAtOnce)
    {
        var victim = await AnyAtWorkAsync();
        var before = await world.Owners.OwnerAsync(victim);
        var began = TimeProvider.System.GetTimestamp();
        await victim.KillAsync();
        var starting = startAtOnce ? victim.StartAsync(world.Metrics) : Task.CompletedTask;
        await world.Owners.AgainAsync($"kill -9 of {victim.Name}{(startAtOnce ? ", started at once" : "")}", began, gone: before);
        await starting;
        if (!startAtOnce) await victim.StartAsync(world.Metrics);
        await world.Owners.UntilJoinedAsync(victim, before);
    }

    /// <summary>
    /// SIGSTOP until the others have its mailboxes, then SIGCONT. What the silo had just said to PostgreSQL is held on the way and arrives when others own them: the late write
    /// of a zombie, which must be refused. The silo learns that it was declared dead and ends.
    /// </summary>
    public async Task StopAsync()
    {
        var victim = await AnyAtWorkAsync();
        var before = await world.Owners.OwnerAsync(victim);
        var mine = await MailboxesOfAsync(before);
        var refusals = await world.RefusalsAsync();
        victim.Line.StallAt("fence("); // not before: a run whose first look at the database is held writes nothing
        await world.Actor.DeliverAsync(mine);
        await Eventually.TrueAsync($"a write of {victim.Name} is under way", () => Task.FromResult(victim.Line.HeldWith("fence(") > 0), world.Owners.DescribeAsync);
        var began = TimeProvider.System.GetTimestamp();
        victim.Suspend();
        await world.Owners.AgainAsync($"SIGSTOP of {victim.Name}", began, gone: before);
        await LastsAsync(began);
        await world.Actor.DeliverAsync(mine);
        victim.Line.Heal();
        await Eventually.TrueAsync($"PostgreSQL has refused the late write of {victim.Name}", async () => await world.RefusalsAsync() > refusals, world.Owners.DescribeAsync);
        victim.Resume();
        await victim.UntilEndedAsync(world.Owners.DescribeAsync);
        world.Report.Say($"{victim.Name} woke: {await world.RefusalsAsync() - refusals} late writes refused; it ended with {victim.Process.ExitCode}");
        await victim.StartAsync(world.Metrics);
        await world.Owners.UntilJoinedAsync(victim, before);
    }

    /// <summary>
    /// Nothing passes between a silo and PostgreSQL until the others, which it still answers, have declared it dead; then everything does, what was said meanwhile first. It ends as soon as it
    /// hears of it.
    /// </summary>
    public async Task StallAsync()
    {
        var victim = await AnyAtWorkAsync();
        var before = await world.Owners.OwnerAsync(victim);
        var began = TimeProvider.System.GetTimestamp();
        victim.Stall();
        await world.Actor.DeliverAsync(await MailboxesOfAsync(before));
        await world.Owners.AgainAsync($"the line of {victim.Name} to PostgreSQL stalled", began, gone: before);
        await LastsAsync(began);
        victim.Heal();
        await victim.UntilEndedAsync(world.Owners.DescribeAsync);
        await victim.StartAsync(world.Metrics);
        await world.Owners.UntilJoinedAsync(victim, before);
    }

    /// <summary>PostgreSQL stops without a checkpoint and starts again in its place: nobody is declared dead.</summary>
    public async Task RestartPostgresAsync()
    {
        await world.Owners.UntilSharedAsync();
        var (began, active) = (TimeProvider.System.GetTimestamp(), await world.Owners.ActiveAsync());
        await world.Postgres.StopAtOnceAsync();
        await world.Postgres.StartAsync();
        world.Database.Clear();
        await world.Owners.UntilAllSeenAsync();
        await world.Owners.AgainAsync("PostgreSQL stopped and started", began, gone: "");
        Assert.Equal(active, await world.Owners.ActiveAsync());
    }

    /// <summary>One silo after the other is asked to go, ends with 0 and comes back, while many sockets are open and mail arrives.</summary>
    public async Task RollAsync()
    {
        await using var crowd = await Crowd.OpenAsync(world, _random.Next());
        foreach (var silo in world.All)
        {
            await world.Owners.UntilSharedAsync();
            var before = await world.Owners.OwnerAsync(silo);
            var began = TimeProvider.System.GetTimestamp();
            await silo.StopAsync();
            var drained = TimeProvider.System.GetElapsedTime(began);
            await world.Owners.AgainAsync($"SIGTERM to {silo.Name}, which ended with 0 after {drained.TotalSeconds:F1} s", began, gone: before);
            await silo.StartAsync(world.Metrics);
            await world.Owners.UntilJoinedAsync(silo, before);
            await crowd.UntilOpenAsync();
        }

        await crowd.AssertNothingMissedAsync();
    }

    private async Task<Silo> AnyAtWorkAsync()
    {
        await world.Owners.UntilSharedAsync();
        return world.All[_random.Next(world.All.Count)];
    }

    private async Task<IReadOnlyList<Mailbox>> MailboxesOfAsync(string owner)
    {
        var accounts = (await world.Owners.OwnedByAsync(owner)).ToHashSet();
        return [.. world.Mailboxes.Where(m => accounts.Contains(m.Account)).Take(Stirred)];
    }

    /// <summary>The fault goes on a while after the others have taken over.</summary>
    private static Task LastsAsync(long began)
    {
        var left = ChaosLimits.Fault - TimeProvider.System.GetElapsedTime(began);
        return left > TimeSpan.Zero ? Task.Delay(left, TimeProvider.System) : Task.CompletedTask;
    }
}
