using Xunit.Abstractions;

namespace Chaos.Tests;

/// <summary>Issue: any silo may die, stop, or lose the database, under load, and nothing is lost or done twice.</summary>
[Collection(WholeMachine.Name)]
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whatever_happens_to_silos_every_mailbox_has_an_owner_again_and_nothing_is_lost_or_doubled()
    {
        var options = ChaosOptions.FromEnvironment();
        var report = new ChaosReport(output);
        report.Say($"seed {options.Seed} (POSTMILL_CHAOS_SEED)");
        await using var world = await ChaosWorld.StartAsync(options, report);
        try
        {
            await RunAsync(world);
        }
        finally
        {
            await world.SaveLogsAsync();
        }
    }

    private static async Task EachOnceAsync(Faults faults)
    {
        await faults.KillAsync(startAtOnce: false);
        await faults.StopAsync();
        await faults.StallAsync();
        await faults.RestartPostgresAsync();
        await faults.RollAsync();
    }

    private static async Task AtRandomAsync(Faults faults, TimeSpan length)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < length) await faults.AnyAsync();
    }

    private static async Task RunAsync(ChaosWorld world)
    {
        var faults = new Faults(world);
        world.Actor.Start();
        if (world.Options.Length is { } length) await AtRandomAsync(faults, length);
        else await EachOnceAsync(faults);
        await world.Actor.StopAsync();
        world.Report.Say($"the actor sent {world.Actor.Sent.Count} mails and made {world.Actor.Changes} other changes");
        await new Verdict(world).GiveAsync();
    }
}
