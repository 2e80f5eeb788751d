using System.Text;
using Postmill.Host.Sockets;

namespace Postmill.Host.Tests.Sockets;

/// <summary>Hard case 58: RFC 6455 framing, from a client that knows it and from clients that do not.</summary>
public sealed class WebSocketFramingTests
{
    [Fact]
    public async Task Fragments_with_a_ping_and_a_pong_between_them_are_one_message()
    {
        await using var session = new Session();
        await session.SendAsync(ClientFrames.Text("al", fin: false), ClientFrames.Ping("p"), ClientFrames.More("", fin: false), ClientFrames.Pong(), ClientFrames.More("pha", fin: true));
        Assert.Equal("alpha", await session.TextAsync());
        Assert.Equal(new ServerFrame(WebSocketOpcode.Pong, "p"u8.ToArray()).Text, (await session.FrameAsync())!.Text);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(4096)]
    [InlineData(65535)]
    [InlineData(65536)]
    public async Task Message_of_every_length_form_arrives_whole(int length)
    {
        await using var session = new Session();
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + i % 26)));
        await session.SendAsync(ClientFrames.Text(text));
        Assert.Equal(text, await session.TextAsync());
    }

    [Fact]
    public void Stream_cut_at_every_byte_means_the_same()
    {
        byte[] stream =
        [
            .. ClientFrames.Text("grüße €😀"), .. ClientFrames.Text("a", fin: false), .. ClientFrames.Ping("x"), .. ClientFrames.More(new string('b', 130), fin: true),
            .. ClientFrames.Text(""),
        ];
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            var seen = Decode(stream[..cut], stream[cut..]);
            Assert.Equal(["Text grüße €😀", "Fragment ", "Ping x", "Text a" + new string('b', 130), "Text "], seen);
        }
        Assert.Equal(5, Decode([.. stream.Select(b => new[] { b })]).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    public async Task Ping_is_answered_with_its_own_payload(int length)
    {
        await using var session = new Session();
        var payload = new string('p', length);
        await session.SendAsync(ClientFrames.Ping(payload));
        var frame = await session.FrameAsync();
        Assert.Equal((WebSocketOpcode.Pong, payload), (frame!.Opcode, frame.Text));
    }

    public static TheoryData<string, byte[], int> Broken => new()
    {
        { "no mask", ClientFrames.Encode(WebSocketOpcode.Text, "x"u8.ToArray(), masked: false), 1002 },
        { "rsv1, as permessage-deflate sets it", ClientFrames.Encode(WebSocketOpcode.Text, "x"u8.ToArray(), reserved: 4), 1002 },
        { "rsv2", ClientFrames.Encode(WebSocketOpcode.Text, "x"u8.ToArray(), reserved: 2), 1002 },
        { "rsv3", ClientFrames.Encode(WebSocketOpcode.Ping, "x"u8.ToArray(), reserved: 1), 1002 },
        { "reserved data opcode", ClientFrames.Encode((WebSocketOpcode)3, "x"u8.ToArray()), 1002 },
        { "reserved control opcode", ClientFrames.Encode((WebSocketOpcode)0xB, "x"u8.ToArray()), 1002 },
        { "control over 125", ClientFrames.Encode(WebSocketOpcode.Ping, new byte[126]), 1002 },
        { "control in fragments", ClientFrames.Encode(WebSocketOpcode.Ping, [], fin: false), 1002 },
        { "continuation of nothing", ClientFrames.More("x", fin: true), 1002 },
        { "message inside a message", [.. ClientFrames.Text("a", fin: false), .. ClientFrames.Text("b")], 1002 },
        { "16-bit length for 5", [0x81, 0xFE, 0, 5, 1, 2, 3, 4], 1002 },
        { "64-bit length for 5", ClientFrames.Claim(5), 1002 },
        { "length with the top bit", ClientFrames.Claim(ulong.MaxValue), 1002 },
        { "binary", ClientFrames.Encode(WebSocketOpcode.Binary, "x"u8.ToArray()), 1003 },
        { "claims 4 GB", ClientFrames.Claim(1UL << 32), 1009 },
        { "one byte too long", ClientFrames.Text(new string('x', 65537)), 1009 },
        { "too long over fragments", [.. ClientFrames.Text(new string('x', 65000), fin: false), .. ClientFrames.More(new string('x', 537), fin: true)], 1009 },
        { "bad UTF-8", ClientFrames.Encode(WebSocketOpcode.Text, [0x61, 0xFF]), 1007 },
        { "surrogate", ClientFrames.Encode(WebSocketOpcode.Text, [0xED, 0xA0, 0x80]), 1007 },
        { "overlong", ClientFrames.Encode(WebSocketOpcode.Text, [0xC0, 0xAF]), 1007 },
        { "cut character at the end", ClientFrames.Encode(WebSocketOpcode.Text, [0xE2, 0x82]), 1007 },
        { "bad UTF-8 in an unfinished message", ClientFrames.Encode(WebSocketOpcode.Text, [0xF4, 0x90], fin: false), 1007 },
        { "close of one byte", ClientFrames.Encode(WebSocketOpcode.Close, [3]), 1002 },
        { "close 1005", ClientFrames.Close(1005), 1002 },
        { "close 1006", ClientFrames.Close(1006), 1002 },
        { "close 999", ClientFrames.Close(999), 1002 },
        { "close 1004", ClientFrames.Close(1004), 1002 },
        { "close 1015", ClientFrames.Close(1015), 1002 },
        { "close 2999", ClientFrames.Close(2999), 1002 },
        { "close 5000", ClientFrames.Close(5000), 1002 },
        { "close reason not UTF-8", ClientFrames.Encode(WebSocketOpcode.Close, [0x03, 0xE8, 0xFF]), 1007 },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Broken_frame_is_answered_with_its_close_code(string what, byte[] bytes, int code)
    {
        await using var session = new Session();
        await session.SendAsync(bytes);
        var end = await session.ExpectCloseAsync(code);
        Assert.True(end is { Reason: WebSocketEndReason.ProtocolError, Clean: true } && end.Code == code, what);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Broken_frame_is_noticed_byte_by_byte_too(string what, byte[] bytes, int code)
    {
        var broken = Assert.Throws<WebSocketProtocolException>(() => Decode([.. bytes.Select(b => new[] { b })]));
        Assert.True(broken.Code == code, what);
    }

    [Fact]
    public void Character_split_between_fragments_is_valid_text()
    {
        var euro = "€"u8.ToArray();
        Assert.Equal(["Fragment ", "Text €"], Decode(ClientFrames.Encode(WebSocketOpcode.Text, euro[..1], fin: false), ClientFrames.Encode(WebSocketOpcode.Continuation, euro[1..])));
    }

    [Fact]
    public async Task Claimed_length_alone_costs_no_memory()
    {
        using var decoder = new WebSocketFrameDecoder(WebSocketOptions.Default.MaxMessageBytes);
        decoder.Consume(ClientFrames.Claim(65536), out _);
        Assert.False(decoder.HoldsBuffer);
        await using var session = new Session();
        await session.SendAsync(ClientFrames.Text("x"));
        await session.TextAsync();
        await session.RoundTripAsync();
        Assert.False(session.Server.HoldsBuffer);
    }

    [Fact]
    public async Task Client_that_floods_is_closed_with_1008_and_a_busy_one_is_not()
    {
        var options = WebSocketOptions.Default with { MaxFrameBurst = 10, MaxFrameRate = 5 };
        await using var session = new Session(options);
        for (var i = 0; i < 10; i++) await session.SendAsync(ClientFrames.Text("busy"));
        for (var i = 0; i < 10; i++) await session.TextAsync();
        await session.AdvanceAsync(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 5; i++) await session.RoundTripAsync();
        await session.SendAsync(ClientFrames.Pong());
        Assert.Equal(WebSocketEndReason.ProtocolError, (await session.ExpectCloseAsync(1008)).Reason);
    }

    [Fact]
    public async Task Flood_of_empty_fragments_ends_too()
    {
        await using var session = new Session();
        await session.SendAsync([ClientFrames.Text("", fin: false), .. Enumerable.Repeat(ClientFrames.More("", fin: false), 300)]);
        await session.ExpectCloseAsync(1008);
    }

    private static List<string> Decode(params byte[][] pieces)
    {
        using var decoder = new WebSocketFrameDecoder(WebSocketOptions.Default.MaxMessageBytes);
        var seen = new List<string>();
        foreach (var piece in pieces)
        {
            for (var at = 0; at < piece.Length;)
            {
                at += decoder.Consume(piece.AsSpan(at), out var input);
                if (input is { } one) seen.Add($"{one.Kind} {Encoding.UTF8.GetString(one.Payload.Span)}");
            }
            decoder.ReleaseFinished();
        }
        return seen;
    }
}
