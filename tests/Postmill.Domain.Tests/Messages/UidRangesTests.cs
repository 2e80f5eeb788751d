using Postmill.Domain.Messages;

namespace Postmill.Domain.Tests.Messages;

public sealed class UidRangesTests
{
    [Fact]
    public void Ranges_are_sorted_joined_and_written_as_rfc_3501_does() =>
        Assert.Equal("1:5,9,4294967295", UidRanges.Of([new(9, 9), new(4, 5), new(1, 3), new(2, 3), new(uint.MaxValue, uint.MaxValue)]).ToString());

    [Fact]
    public void Random_sets_behave_like_sets_of_numbers()
    {
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var (a, b) = (Some(random), Some(random));
            AssertSame(a.Except(b).Order(), UidRanges.OfUids(a).Except(UidRanges.OfUids(b)), round);
            Assert.All(Enumerable.Range(1, 64), uid => Assert.Equal(a.Contains((uint)uid), UidRanges.OfUids(a).Contains((uint)uid)));
        }
    }

    [Fact]
    public void Pieces_come_newest_first_and_cover_every_uid_once()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var all = Some(random);
            var pieces = UidRanges.OfUids(all).NewestFirst(5).ToList();
            Assert.All(pieces, piece => Assert.InRange(piece.Count, 1, 5));
            Assert.Equal(all.OrderDescending(), pieces.SelectMany(piece => Uids(piece).OrderDescending()));
        }
    }

    [Fact]
    public void A_million_gapless_uids_are_one_range()
    {
        var all = UidRanges.Between(1, 1_000_000);
        Assert.Equal(1, all.RangeCount);
        Assert.Equal("1:499999,500001:1000000", all.Except(UidRanges.Between(500_000, 500_000)).ToString());
    }

    [Fact]
    public void The_whole_space_is_cut_without_overflow()
    {
        var rest = UidRanges.Between(1, uint.MaxValue).Except(UidRanges.Between(uint.MaxValue, uint.MaxValue));
        Assert.Equal(uint.MaxValue - 1, rest.Max);
        Assert.True(UidRanges.Between(5, uint.MaxValue).Except(UidRanges.Between(1, uint.MaxValue)).IsEmpty);
    }

    private static HashSet<uint> Some(Random random) => [.. Enumerable.Range(1, 64).Where(_ => random.Next(3) == 0).Select(n => (uint)n)];

    private static IEnumerable<uint> Uids(UidRanges ranges) => ranges.SelectMany(r => Enumerable.Range((int)r.First, (int)(r.Last - r.First + 1)).Select(n => (uint)n));

    private static void AssertSame(IEnumerable<uint> expected, UidRanges actual, int round) =>
        Assert.True(expected.SequenceEqual(Uids(actual)), $"round {round}: {actual}");
}
