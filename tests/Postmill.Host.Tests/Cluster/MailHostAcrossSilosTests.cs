using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Postmill.Domain.Hosts;
using Postmill.Grains.Hosts;
using Postmill.Grains.Sync;

namespace Postmill.Host.Tests.Cluster;

/// <summary>What all processes of a cluster together do to one mail host.</summary>
public sealed class MailHostAcrossSilosTests : IAsyncLifetime
{
    private const int AtOnce = 8;

    private static readonly (string, string)[] Settings = [("Postmill:Sync:HostOpeningsAtOnce", $"{AtOnce}"), ("Postmill:Sync:HostOpeningsPerSecond", "1000")];

    private ClusterHosts _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ClusterHosts.NewAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Logins_of_all_silos_and_fronts_at_one_host_never_exceed_its_limit_and_reach_it()
    {
        HostFixture[] all = [await _cluster.StartAsync("worker", settings: Settings), await _cluster.StartAsync("worker", settings: Settings), await _cluster.StartAsync("front", settings: Settings)];
        await ClusterHosts.SeeEachOtherAsync(all);
        var (inside, most, served) = (0, 0, new int[all.Length]);
        using var over = new CancellationTokenSource();
        var logins = Enumerable.Range(0, 20 * all.Length).Select(n => Task.Run(() => LogInAsync(n % all.Length))).ToList();
        // A front has nothing of its own: it is served once the grain has lent it something.
        await Eventually.TrueAsync("the limit is reached and everybody has a part in it", () => Task.FromResult(Volatile.Read(ref most) >= AtOnce && served.All(s => s > 20)), within: TimeSpan.FromSeconds(60));
        await over.CancelAsync();
        foreach (var login in logins) await login;
        Assert.Equal(AtOnce, most);

        async Task LogInAsync(int process)
        {
            var gates = all[process].Services.GetRequiredService<StartGates>();
            while (!over.IsCancellationRequested)
            {
                HostOpening opening;
                try
                {
                    opening = await gates.OpeningAsync("imap.example", CancellationToken.None, over.Token);
                }
                catch (OperationCanceledException) when (over.IsCancellationRequested)
                {
                    return;
                }

                using (opening)
                {
                    var now = Interlocked.Increment(ref inside);
                    for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most)) Interlocked.CompareExchange(ref most, now, seen);
                    await Task.Delay(20, CancellationToken.None);
                    Interlocked.Decrement(ref inside);
                    Interlocked.Increment(ref served[process]);
                }
            }
        }
    }

    [Fact]
    public async Task What_one_silo_met_holds_on_the_other_and_after_all_have_been_started_again()
    {
        var (one, two) = (await _cluster.StartAsync(settings: Settings), await _cluster.StartAsync(settings: Settings));
        await ClusterHosts.SeeEachOtherAsync(one, two);
        for (var lie = 0; lie < HostLimits.LiesUntilBroken; lie++) one.Services.GetRequiredService<StartGates>().Lied("imap.example", "QRESYNC");
        using (var opening = await PersonsAsync(one)) opening.TurnedAway(TimeSpan.FromMinutes(10));
        await KnowsAsync(two);
        await one.DisposeAsync();
        await two.DisposeAsync();
        await KnowsAsync(await _cluster.StartAsync(settings: Settings));

        static async Task KnowsAsync(HostFixture silo)
        {
            await Eventually.TrueAsync("the broken capability and the pause are known", async () =>
            {
                using var opening = await PersonsAsync(silo);
                return opening.Broken.SequenceEqual(["QRESYNC"]) && await IsPausedAsync(silo);
            });
            var share = await silo.Services.GetRequiredService<IGrainFactory>().MailHost("IMAP.example.").Lend(new HostDemand("test", HasBase: false, 0, false, 0, default, default));
            Assert.InRange(share.Pause.TotalMinutes, 5, 10);
        }
    }

    [Fact]
    public async Task Silo_whose_state_cannot_be_read_keeps_to_its_base_and_says_so_once()
    {
        var silo = await _cluster.StartAsync(settings: Settings);
        await _cluster.ScalarAsync<object>("ALTER TABLE orleansstorage RENAME TO elsewhere");
        var gates = silo.Services.GetRequiredService<StartGates>();
        var open = new List<HostOpening>();
        for (var n = 0; n < AtOnce / 2; n++) open.Add(await gates.OpeningAsync("imap.example", CancellationToken.None, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));
        var next = gates.OpeningAsync("imap.example", CancellationToken.None, CancellationToken.None);
        await Eventually.TrueAsync("it says that it keeps to its base", () => Task.FromResult(silo.Logs.Lines.Any(line => line.Contains("keeps to its base share", StringComparison.Ordinal))));
        Assert.False(next.IsCompleted);
        await _cluster.ScalarAsync<object>("ALTER TABLE elsewhere RENAME TO orleansstorage");
        using var lent = await next.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Single(silo.Logs.Lines, line => line.Contains("keeps to its base share", StringComparison.Ordinal));
        foreach (var opening in open) opening.Dispose();
    }

    /// <summary>A login that nobody waits for is not let in.</summary>
    private static async Task<bool> IsPausedAsync(HostFixture silo)
    {
        using var giveUp = new CancellationTokenSource();
        var opening = silo.Services.GetRequiredService<StartGates>().OpeningAsync("imap.example", CancellationToken.None, giveUp.Token);
        var isPaused = !opening.IsCompleted;
        await giveUp.CancelAsync();
        await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opening.IsCompletedSuccessfully) (await opening).Dispose();
        return isPaused;
    }

    /// <summary>A login that a person waits for: no pause holds it up.</summary>
    private static Task<HostOpening> PersonsAsync(HostFixture silo) =>
        silo.Services.GetRequiredService<StartGates>().OpeningAsync("imap.example", new CancellationToken(canceled: true), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
}
