namespace Chaos.Tests;

/// <summary>What is done to the cluster. Each ends with every mailbox owned again and all three silos at work.</summary>
internal sealed class Faults(ChaosWorld world)
{
    private readonly Random _random = new(world.Options.Seed + 1);

    /// <summary><c>kill -9</c>: nothing is drained, nothing released.</summary>
    /// <param name="startAtOnce">Started again before the others notice; otherwise they take its mailboxes over first.</param>
    public async Task KillAsync(bool startAtOnce)
    {
        var victim = Any();
        var before = await world.Owners.IncarnationAsync(victim);
        var began = TimeProvider.System.GetTimestamp();
        await victim.KillAsync();
        var starting = startAtOnce ? victim.StartAsync() : Task.CompletedTask;
        await world.Owners.AgainAsync($"kill -9 of {victim.Name}{(startAtOnce ? ", started at once" : "")}", began, gone: before);
        await starting;
        if (!startAtOnce) await victim.StartAsync();
        await world.Owners.UntilJoinedAsync(victim, before);
    }

    private Silo Any() => world.All[_random.Next(world.All.Count)];
}
