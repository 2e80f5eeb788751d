using Xunit.Abstractions;

namespace Chaos.Tests.Sending;

/// <summary>Issue: silos are killed, asked to go, and lose the database while they send; every mail goes out once, and what nobody can tell is said to be so.</summary>
[Collection(WholeMachine.Name)]
public sealed class SendingChaosTests(ITestOutputHelper output)
{
    /// <summary>One kill in so many lasts until the others have taken the accounts over.</summary>
    private const int LongKillEvery = 10;

    [Fact]
    public async Task Whenever_silos_are_killed_no_mail_is_lost_or_accepted_twice_and_only_what_was_under_way_is_in_doubt()
    {
        var options = SendingOptions.FromEnvironment();
        var report = new ChaosReport(output, "sending.txt");
        report.Say($"seed {options.Seed} (POSTMILL_CHAOS_SEED), {options.Mails} mails over {options.Accounts} accounts of {options.PerMinute} a minute, {options.Kills} kills");
        await using var world = await SendingWorld.StartAsync(options, report);
        try
        {
            await RunAsync(world);
        }
        finally
        {
            await world.SaveLogsAsync();
        }
    }

    private static async Task RunAsync(SendingWorld world)
    {
        var faults = new SendingFaults(world);
        var share = world.Options.Mails / (world.Options.Kills + 3);
        for (var kill = 1; kill <= world.Options.Kills; kill++) await faults.KillAsync(share, startAtOnce: kill % LongKillEvery != 5);
        world.Report.Say($"{world.Options.Kills} kills with {faults.OpenAtKills} connections to the sink, {world.Sink.Accepted.Count} mails accepted so far");
        await faults.DatabaseAwayAsync(share);
        await faults.TermAsync(share);
        await faults.HandInAsync(share);
        await new SendingVerdict(world, faults).GiveAsync();
    }
}
