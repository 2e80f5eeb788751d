using System.Net;
using Orleans.Runtime;
using Postmill.Grains.Placement;

namespace Postmill.Grains.Tests.Placement;

public sealed class RendezvousTests
{
    private static readonly GrainId[] Grains = [.. Enumerable.Range(0, 6_000).Select(n => GrainId.Create("account", new Guid(n, 0, 0, new byte[8]).ToString()))];

    [Fact]
    public void Each_silo_has_about_its_share()
    {
        foreach (var count in new[] { 2, 3, 5, 10 })
        {
            var shares = Homes(Silos(count)).CountBy(home => home).ToDictionary();
            Assert.Equal(count, shares.Count);
            Assert.All(shares.Values, share => Assert.InRange(share, Grains.Length / count * 0.85, Grains.Length / count * 1.15));
        }
    }

    [Fact]
    public void A_silo_that_comes_or_goes_moves_its_own_share_only()
    {
        var silos = Silos(5);
        var (before, after) = (Homes(silos), Homes(silos[..4]));
        for (var n = 0; n < Grains.Length; n++)
            if (!before[n].Equals(silos[4])) Assert.Equal(before[n], after[n]);
    }

    [Fact]
    public void Whoever_asks_in_whatever_order_hears_the_same()
    {
        var silos = Silos(7);
        Assert.Equal(Homes(silos), Homes([.. silos.Reverse()]));
    }

    [Fact]
    public void A_silo_that_restarts_in_place_has_the_same_share()
    {
        var silos = Silos(3);
        SiloAddress[] restarted = [silos[0], SiloAddress.New(silos[1].Endpoint, silos[1].Generation + 1_000), silos[2]];
        Assert.Equal(Homes(silos).Select(s => s.Endpoint), Homes(restarted).Select(s => s.Endpoint));
    }

    // Two releases beside each other must answer alike, or each moves the other's grains: these never change.
    [Fact]
    public void The_answer_is_the_same_in_every_release()
    {
        SiloAddress[] silos = [.. Silos(3), SiloAddress.New(IPAddress.Parse("fd00::17"), 11_111, 1)];
        Assert.Equal("2 1 3 0 2 1 0 1 1 2 1 0 2 0 0 0", string.Join(' ', Grains[..16].Select(grain => Array.IndexOf(silos, Rendezvous.HomeOf(grain, silos)))));
    }

    [Fact]
    public void Without_silos_there_is_no_home() => Assert.Null(Rendezvous.HomeOf(Grains[0], []));

    private static SiloAddress[] Silos(int count) => [.. Enumerable.Range(1, count).Select(n => SiloAddress.New(IPAddress.Parse($"10.0.0.{n}"), 11_111, n))];

    private static SiloAddress[] Homes(SiloAddress[] silos) => [.. Grains.Select(grain => Rendezvous.HomeOf(grain, silos)!)];
}
