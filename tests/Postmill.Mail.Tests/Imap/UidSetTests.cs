using System.Text;
using Postmill.Mail.Imap;

namespace Postmill.Mail.Tests.Imap;

public sealed class UidSetTests
{
    [Theory]
    [InlineData("1", "1", 1)]
    [InlineData("3,1,2", "1:3", 3)]
    [InlineData("5:2", "2:5", 4)]
    [InlineData("1:5,3:8,20", "1:8,20", 9)]
    [InlineData("7:*", "7:*", 4294967289)]
    [InlineData("*:7", "7:*", 4294967289)]
    [InlineData("1:4294967295", "1:*", 4294967295)]
    [InlineData("10,1:4,6:9,5", "1:10", 10)]
    public void Sets_are_normalized_and_never_expanded(string wire, string normal, long count)
    {
        var set = UidSet.TryParse(wire)!;
        Assert.Equal(normal, set.ToString());
        Assert.Equal(count, set.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("1,")]
    [InlineData("1:")]
    [InlineData(":2")]
    [InlineData("a")]
    [InlineData("1 2")]
    [InlineData("-1")]
    [InlineData("4294967296")]
    public void What_is_not_a_set_is_none(string wire) => Assert.Null(UidSet.TryParse(wire));

    [Fact]
    public void Contains_agrees_with_enumeration()
    {
        var random = new Random(42);
        var uids = Enumerable.Range(0, 500).Select(_ => (uint)random.Next(1, 1500)).ToHashSet();
        var set = UidSet.Of(uids);
        Assert.Equal(uids.Order(), set.Enumerate());
        Assert.All(Enumerable.Range(0, 1600), n => Assert.Equal(uids.Contains((uint)n), set.Contains((uint)n)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void Split_parts_are_small_and_together_the_whole(long maxUids)
    {
        var set = UidSet.OfRanges(Enumerable.Range(0, 300).Select(n => new UidRange((uint)(n * 1000 + 1), (uint)(n * 1000 + 1 + n % 50))));
        var parts = set.Split(maxUids).ToList();
        Assert.All(parts, part => Assert.InRange(part.Count, 1, maxUids));
        Assert.Equal(set.Enumerate(), parts.SelectMany(part => part.Enumerate()));
    }

    [Theory]
    [InlineData("1:10", "1:10", "")]
    [InlineData("1:10", "3,5:6", "1:2,4,7:10")]
    [InlineData("1:10,20:*", "5:25", "1:4,26:*")]
    [InlineData("1:3,5", "4", "1:3,5")]
    [InlineData("1:3", "1:*", "")]
    public void Without_the_uids_of_another(string set, string other, string left) => Assert.Equal(left, ImapParts.Uids(set).Except(ImapParts.Uids(other)).ToString());

    [Fact]
    public void Open_end_is_one_command() => Assert.Equal("5:*", Assert.Single(UidSet.From(5).Split(10)).ToString());
}
