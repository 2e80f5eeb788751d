using System.Text;

namespace Postmill.Host.Tests.Live;

/// <summary>Hard case 58, through the host: what the codec's own tests show frame by frame must hold behind Kestrel too.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    private const int Text = 1;
    private const int Close = 8;
    private const int Ping = 9;
    private LiveHost _host = null!;

    public async Task InitializeAsync() => _host = await LiveHost.StartAsync(("CloseSeconds", "1"));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Fragments_with_a_ping_between_them_are_one_message_and_the_ping_is_answered()
    {
        await using var client = await RawClient.ConnectAsync(_host);
        await client.SendAsync(Text, """{"type":""", fin: false);
        await client.SendAsync(Ping, new string('p', 125));
        var pong = await client.FrameAsync();
        Assert.Equal((10, 125), (pong.Opcode, pong.Payload.Length));
        await client.SendAsync(0, "\"ping\"}");
        var answer = await client.FrameAsync();
        Assert.Equal((Text, """{"type":"pong"}"""), (answer.Opcode, Encoding.UTF8.GetString(answer.Payload)));
    }

    [Fact]
    public async Task A_message_over_the_limit_is_1009()
    {
        await using var client = await RawClient.ConnectAsync(_host);
        await client.SendAsync(Text, new string('x', 65 * 1024));
        Assert.Equal(1009, await client.CloseCodeAsync());
    }

    [Fact]
    public Task Bad_utf8_is_1007() => AssertClosedAsync(1007, client => client.SendAsync(Text, [0xC3, 0x28]));

    [Fact]
    public Task A_reserved_opcode_is_1002() => AssertClosedAsync(1002, client => client.SendAsync(3, ""));

    [Fact]
    public Task A_frame_without_mask_is_1002() => AssertClosedAsync(1002, client => client.SendRawAsync([0x81, 0x01, (byte)'x']));

    [Fact]
    public Task A_control_frame_over_125_octets_is_1002() => AssertClosedAsync(1002, client => client.SendRawAsync([0x89, 0xFE, 0, 126, 1, 2, 3, 4]));

    [Fact]
    public Task A_compressed_frame_nobody_agreed_on_is_1002() => AssertClosedAsync(1002, client => client.SendRawAsync([0xC1, 0x81, 0, 0, 0, 0, 0]));

    [Fact]
    public Task A_flood_of_frames_is_1008() => AssertClosedAsync(1008, async client =>
    {
        var flood = Enumerable.Repeat(new byte[] { 0x81, 0x81, 0, 0, 0, 0, (byte)'x' }, 1_000).SelectMany(frame => frame).ToArray();
        await client.SendRawAsync(flood);
    });

    [Fact]
    public async Task Compression_is_not_agreed_on()
    {
        await using var client = await RawClient.ConnectAsync(_host, headers: "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        Assert.StartsWith("HTTP/1.1 101", client.Head, StringComparison.Ordinal);
        Assert.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", client.Head, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Sec-WebSocket-Extensions", client.Head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_clients_close_is_answered_with_its_code()
    {
        await using var client = await RawClient.ConnectAsync(_host);
        await client.SendAsync(Close, [0x03, 0xE8]);
        Assert.Equal(1000, await client.CloseCodeAsync());
        await client.EndAsync();
        await _host.WaitForSocketsAsync(0);
    }

    private async Task AssertClosedAsync(int code, Func<RawClient, Task> offend)
    {
        await using var client = await RawClient.ConnectAsync(_host);
        await offend(client);
        Assert.Equal(code, await client.CloseCodeAsync());
        await client.EndAsync();
        await _host.WaitForSocketsAsync(0);
    }
}
