using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Postmill.Domain.Feed;
using Postmill.Domain.Hosts;
using Postmill.Domain.Sync;

namespace Postmill.Grains.Tests.OnOrleans;

/// <summary>
/// Two releases run side by side while a cluster is upgraded: what one sends, the other reads. Of a record, members are known by their <c>[Id]</c>: those that one side does not know it skips, those that
/// did not come stay as they are without them.
/// </summary>
public sealed class ContractBytesTests : IDisposable
{
    private static readonly Guid Run = Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Members_that_a_newer_release_added_are_skipped_by_an_older_one()
    {
        var newer = new Newer("one", 2, new NewPart("added", [1, 2, 3]), At, ["more"]);
        Assert.Equal(new Older("one", 2), Read<Older>(Write(newer)));
    }

    [Fact]
    public void Members_that_an_older_release_does_not_know_have_their_defaults()
    {
        var read = Read<Newer>(Write(new Older("one", 2)));
        Assert.Equal(("one", 2, null, null), (read.Text, read.Number, read.Part, read.At));
        Assert.Null(read.More);
    }

    [Fact]
    public void Member_that_a_newer_release_no_longer_sends_is_empty_and_the_others_stand()
    {
        Assert.Equal(new Older(null!, 2), Read<Older>(Write(new WithoutFirst(2))));
    }

    /// <summary>The bytes are those that this release wrote first; a later one reads them until the type is retired. A new type gets a line, an old line is never written anew.</summary>
    [Fact]
    public void What_an_earlier_release_sent_is_read_today()
    {
        var failure = new SyncFailure(SyncFailure.TimedOut, "no answer");
        var result = new SyncResult(3, At, 4_000_000_000);
        Reads(failure, Bytes.Failure);
        Reads(result, Bytes.Result);
        Reads(new SyncReply(true, Run, result), Bytes.Reply);
        Reads(new RunReport(Run, null, failure, At), Bytes.Report);
        Reads(new FeedEvent(7, "email_received", "{}", At), Bytes.Event);
        Reads(new FeedFloor(5, 9), Bytes.Floor);
        Reads(new HostDemand("10.0.0.1:11111@1", true, 3, true, 4, new HostAmount(1, 2.5, 0), new HostAmount(1, 0, 0)), Bytes.Demand);
        var share = Read<HostShare>(Convert.FromBase64String(Bytes.Share));
        Assert.Equal((new HostAmount(1, 2.5, 0), HostLimits.Term, TimeSpan.FromMinutes(1)), (share.Lent, share.Term, share.Pause));
        Assert.Equal(["QRESYNC"], share.Broken);
    }

    private void Reads<T>(T expected, string bytes) => Assert.True(expected!.Equals(Read<T>(Convert.FromBase64String(bytes))), $"{typeof(T).Name}: today's bytes are {Convert.ToBase64String(Write(expected))}");

    private byte[] Write<T>(T value) => _services.GetRequiredService<Serializer<T>>().SerializeToArray(value);

    private T Read<T>(byte[] bytes) => _services.GetRequiredService<Serializer<T>>().Deserialize(bytes)!;

    private static class Bytes
    {
        public const string Failure = "IOhAD3RpbWVvdXRBE25vIGFuc3dlcuA=";
        public const string Result = "IOgADSGAgAC3lqtJ3giBAAAAAAAAAADgARAAypo74A==";
        public const string Reply = "IOgAA0EhW62PD8vZn0ahZXCGdyiVDiHoAA0hgIAAt5arSd4IgQAAAAAAAAAA4AEQAMqaO+Dg";
        public const string Report = "IOhAIVutjw/L2Z9GoWVwhncolQ7BASHoQA90aW1lb3V0QRNubyBhbnN3ZXLgIYCAALeWq0neCIEAAAAAAAAAAODg";
        public const string Event = "IOgAHUEdZW1haWxfcmVjZWl2ZWRBBXt9IYCAALeWq0neCIEAAAAAAAAAAODg";
        public const string Floor = "IOgAFQEl4A==";
        public const string Demand = "IOhAITEwLjAuMC4xOjExMTExQDEBAwENAQMBESHoAAWBAAAAAAAABEABAeAh6AAFgQAAAAAAAAAAAQHg4A==";
        public const string Share = "IOgg6AAFgQAAAAAAAARAAQHggYDR8AgAAAAAgQBGwyMAAAAAKTUAA0EPUVJFU1lOQ+Dg";
    }
}

[GenerateSerializer, Immutable, Alias("test.older")]
internal sealed record Older([property: Id(0)] string Text, [property: Id(1)] int Number);

[GenerateSerializer, Immutable, Alias("test.newer")]
internal sealed record Newer(
    [property: Id(0)] string Text,
    [property: Id(1)] int Number,
    [property: Id(2)] NewPart? Part = null,
    [property: Id(3)] DateTimeOffset? At = null,
    [property: Id(4)] IReadOnlyList<string>? More = null);

[GenerateSerializer, Immutable, Alias("test.newpart")]
internal sealed record NewPart([property: Id(0)] string Text, [property: Id(1)] byte[] Bytes);

[GenerateSerializer, Immutable, Alias("test.withoutfirst")]
internal sealed record WithoutFirst([property: Id(1)] int Number);
