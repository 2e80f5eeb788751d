using Granary.Cluster;
using Orleans.Runtime;

namespace Granary.Tests.Cluster;

public sealed class RendezvousTests
{
    private static readonly GrainId[] Grains = [.. Enumerable.Range(0, 10_000).Select(i => GrainId.Create("mailbox", $"key-{i}"))];

    [Fact]
    public void Without_a_silo_there_is_no_owner() => Assert.Null(Rendezvous.OwnerOf(Grains[0], []));

    [Fact]
    public void Every_silo_answers_the_same_whatever_the_order_it_sees_the_others_in()
    {
        var silos = Silos(5);
        SiloMember[] reversed = [.. silos.Reverse()];
        Assert.All(Grains, grain => Assert.Equal(Rendezvous.OwnerOf(grain, silos), Rendezvous.OwnerOf(grain, reversed)));
    }

    [Fact]
    public void The_grains_are_spread_evenly()
    {
        var shares = Grains.GroupBy(g => Rendezvous.OwnerOf(g, Silos(5))!.Address).Select(g => g.Count()).ToArray();
        Assert.Equal(5, shares.Length);
        Assert.All(shares, share => Assert.InRange(share, 1_800, 2_200));
    }

    [Fact]
    public void A_silo_that_goes_moves_only_its_own_grains()
    {
        var before = Silos(5);
        SiloMember[] after = [.. before.Skip(1)];
        Assert.All(Grains, grain =>
        {
            var owner = Rendezvous.OwnerOf(grain, before)!;
            if (owner != before[0]) Assert.Equal(owner, Rendezvous.OwnerOf(grain, after));
        });
    }

    [Fact]
    public void A_silo_that_restarts_in_place_gets_its_grains_back()
    {
        var before = Silos(3);
        SiloMember[] after = [before[0] with { Incarnation = Guid.NewGuid() }, before[1], before[2]];
        Assert.All(Grains, grain => Assert.Equal(Rendezvous.OwnerOf(grain, before)!.Address, Rendezvous.OwnerOf(grain, after)!.Address));
    }

    [Fact]
    public void A_front_that_comes_or_goes_moves_no_grain_and_owns_none()
    {
        var silos = Silos(5);
        for (var at = 0; at <= silos.Length; at++)
        {
            var front = new SiloMember(Guid.NewGuid(), $"10.0.1.{at}:11111", "front", "1", SiloRoles.Front);
            SiloMember[] with = [.. silos.Take(at), front, .. silos.Skip(at)];
            Assert.All(Grains, grain => Assert.Equal(Rendezvous.OwnerOf(grain, silos), Rendezvous.OwnerOf(grain, with)));
        }

        Assert.Null(Rendezvous.OwnerOf(Grains[0], [new SiloMember(Guid.NewGuid(), "10.0.1.1:11111", "front", "1", SiloRoles.Front)]));
    }

    /// <summary>Placement is part of the wire: another version must place alike.</summary>
    [Fact]
    public void The_hash_never_changes() =>
        Assert.Equal("2 2 1 3 4 2 2 3", string.Join(' ', Grains.Take(8).Select(g => Array.FindIndex(Silos(5), s => s == Rendezvous.OwnerOf(g, Silos(5))))));

    private static SiloMember[] Silos(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new SiloMember(new Guid(i, 0, 0, new byte[8]), $"10.0.0.{i}:11111", $"silo-{i}", "1", "silo"))];
}
