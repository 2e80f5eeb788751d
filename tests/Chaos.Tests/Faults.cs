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
        var before = await world.Owners.IncarnationAsync(victim);
        var began = TimeProvider.System.GetTimestamp();
        await victim.KillAsync();
        var starting = startAtOnce ? victim.StartAsync(world.Metrics) : Task.CompletedTask;
        await world.Owners.AgainAsync($"kill -9 of {victim.Name}{(startAtOnce ? ", started at once" : "")}", began, gone: before);
        await starting;
        if (!startAtOnce) await victim.StartAsync(world.Metrics);
        await world.Owners.UntilJoinedAsync(victim, before);
    }

    /// <summary>
    /// SIGSTOP for longer than the lease, then SIGCONT. What the silo had just said to PostgreSQL is held on the way and arrives when others own its mailboxes: the late write
    /// of a zombie, which must be refused.
    /// </summary>
    public async Task StopAsync()
    {
        var victim = await AnyAtWorkAsync();
        var before = await world.Owners.IncarnationAsync(victim);
        var mine = await MailboxesOfAsync(before);
        var refusals = victim.Refusals(before).Count;
        victim.Line.StallAt("fence("); // not before: a run whose first look at the database is held writes nothing
        await world.Actor.DeliverAsync(mine);
        await Eventually.TrueAsync($"a write of {victim.Name} is under way", () => Task.FromResult(victim.Line.HeldWith("fence(") > 0), world.Owners.DescribeAsync);
        var began = TimeProvider.System.GetTimestamp();
        victim.Suspend();
        await world.Owners.AgainAsync($"SIGSTOP of {victim.Name}", began, gone: before);
        await LastsAsync(began);
        await world.Actor.DeliverAsync(mine);
        victim.Line.Heal();
        victim.Resume();
        await Eventually.TrueAsync($"{victim.Name} tells that its late write was refused", () => Task.FromResult(victim.Refusals(before).Count > refusals), world.Owners.DescribeAsync);
        await Eventually.TrueAsync($"{victim.Name} counts refused writes in its metrics", () => Task.FromResult(world.Metrics.Has(victim, "postmill.fence.refused")), world.Owners.DescribeAsync);
        await world.Owners.UntilJoinedAsync(victim, before);
        world.Report.Say($"{victim.Name} went on: {victim.Refusals(before).Count - refusals} late writes refused, for example \"{victim.Refusals(before)[refusals]}\"; it has joined anew");
    }

    /// <summary>Nothing passes between a silo and PostgreSQL for longer than the lease, then everything does, what was said meanwhile first.</summary>
    public async Task StallAsync()
    {
        var victim = await AnyAtWorkAsync();
        var before = await world.Owners.IncarnationAsync(victim);
        var began = TimeProvider.System.GetTimestamp();
        victim.Stall();
        await world.Actor.DeliverAsync(await MailboxesOfAsync(before));
        await world.Owners.AgainAsync($"the line of {victim.Name} to PostgreSQL stalled", began, gone: before);
        await LastsAsync(began);
        victim.Heal();
        await world.Owners.UntilJoinedAsync(victim, before);
    }

    /// <summary>PostgreSQL stops without a checkpoint and starts again in its place.</summary>
    public async Task RestartPostgresAsync()
    {
        await world.Owners.UntilSharedAsync();
        var began = TimeProvider.System.GetTimestamp();
        await world.Postgres.StopAtOnceAsync();
        await world.Postgres.StartAsync();
        world.Database.Clear();
        await world.Owners.UntilAllRenewAsync();
        await world.Owners.AgainAsync("PostgreSQL stopped and started, leases renewed", began, gone: Guid.Empty);
    }

    /// <summary>One silo after the other is asked to go, ends with 0 and comes back, while many sockets are open and mail arrives.</summary>
    public async Task RollAsync()
    {
        await using var crowd = await Crowd.OpenAsync(world, _random.Next());
        foreach (var silo in world.All)
        {
            await world.Owners.UntilSharedAsync();
            var before = await world.Owners.IncarnationAsync(silo);
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

    private async Task<IReadOnlyList<Mailbox>> MailboxesOfAsync(Guid incarnation)
    {
        var accounts = (await world.Owners.OwnedByAsync(incarnation)).ToHashSet();
        return [.. world.Mailboxes.Where(m => accounts.Contains(m.Account)).Take(Stirred)];
    }

    /// <summary>The fault goes on until it is longer than a lease.</summary>
    private static Task LastsAsync(long began)
    {
        var left = ChaosLimits.LongerThanLease - TimeProvider.System.GetElapsedTime(began);
        return left > TimeSpan.Zero ? Task.Delay(left, TimeProvider.System) : Task.CompletedTask;
    }
}
