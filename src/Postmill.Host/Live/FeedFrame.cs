using System.Text;
using Postmill.Domain.Feed;
using Postmill.Host.Sockets;

namespace Postmill.Host.Live;

/// <summary>An event as WebSocket frames, encoded once for all sockets that get it.</summary>
internal sealed class FeedFrame(FeedEvent entry)
{
    private byte[]? _plain;
    private byte[]? _sequenced;

    public long Seq => entry.Seq;

    public DateTimeOffset At => entry.At;

    /// <summary>With <paramref name="sequenced"/> the number is added as the last field; without, the bytes of the log go out as they are.</summary>
    public ReadOnlyMemory<byte> Bytes(bool sequenced) =>
        sequenced ? _sequenced ??= Encode(WithSeq(entry.Json, entry.Seq)) : _plain ??= Encode(entry.Json);

    public static byte[] Resync(long seq) => Encode($$"""{"type":"resync_required","seq":{{seq}}}""");

    private static string WithSeq(string json, long seq)
    {
        var open = json.AsSpan().TrimEnd();
        if (open is not [.., '}']) throw new FormatException($"event {seq} is not a JSON object");
        open = open[..^1].TrimEnd();
        return open is [.., '{'] ? $$"""{{open}}"seq":{{seq}}}""" : $$"""{{open}},"seq":{{seq}}}""";
    }

    private static byte[] Encode(string json) => WebSocketFrames.Text(Encoding.UTF8.GetBytes(json));
}
