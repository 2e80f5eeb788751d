using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postmill.Host.Tests.Live;

/// <summary>A client that does only what it is told, for what decent ones never do.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private RawClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket);
    }

    /// <summary>Header lines of the answer to the upgrade request.</summary>
    public string Head { get; private set; } = "";

    /// <param name="headers">More header lines.</param>
    /// <param name="receiveBuffer">Octets of TCP window that the client offers; 0 is the system's default.</param>
    public static async Task<RawClient> ConnectAsync(LiveHost host, string path = "/mail/ws/inbox", string headers = "", int receiveBuffer = 0, string? key = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, host.Host.Address.Port));
        var client = new RawClient(socket);
        await client._stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {host.Host.Address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
            $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {key ?? host.Key}\r\n{headers}\r\n"));
        while (!client.Head.EndsWith("\r\n\r\n", StringComparison.Ordinal)) client.Head += (char)(await client.ReadAsync(1))[0];
        return client;
    }

    /// <summary>The next frame; opcode 8 is a close, 9 a ping, 10 a pong.</summary>
    public async Task<(int Opcode, byte[] Payload)> FrameAsync()
    {
        var head = await ReadAsync(2);
        Assert.Equal(0, head[1] & 0x80);
        long length = head[1] & 0x7F;
        if (length == 126) length = BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2));
        else if (length == 127) length = BinaryPrimitives.ReadInt64BigEndian(await ReadAsync(8));
        return (head[0] & 0x0F, await ReadAsync((int)length));
    }

    /// <summary>The code of the next close frame; frames before it are passed over.</summary>
    public async Task<int> CloseCodeAsync()
    {
        while (true)
        {
            var (opcode, payload) = await FrameAsync();
            if (opcode == 8) return BinaryPrimitives.ReadUInt16BigEndian(payload);
        }
    }

    public Task SendAsync(int opcode, string text, bool fin = true) => SendAsync(opcode, Encoding.UTF8.GetBytes(text), fin);

    public Task SendAsync(int opcode, byte[] payload, bool fin = true)
    {
        var frame = new MemoryStream();
        frame.WriteByte((byte)((fin ? 0x80 : 0) | opcode));
        if (payload.Length < 126) frame.WriteByte((byte)(0x80 | payload.Length));
        else
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
            frame.WriteByte(0x80 | 127);
            frame.Write(length);
        }
        byte[] mask = [1, 2, 3, 4];
        frame.Write(mask);
        for (var i = 0; i < payload.Length; i++) frame.WriteByte((byte)(payload[i] ^ mask[i % 4]));
        return SendRawAsync(frame.ToArray());
    }

    public async Task SendRawAsync(byte[] octets)
    {
        using var patience = new CancellationTokenSource(LiveHost.Patience);
        await _stream.WriteAsync(octets, patience.Token);
    }

    /// <summary>Waits for the server's end of the TCP connection.</summary>
    public async Task EndAsync()
    {
        using var patience = new CancellationTokenSource(LiveHost.Patience);
        var buffer = new byte[4096];
        try
        {
            while (await _stream.ReadAsync(buffer, patience.Token) > 0) { }
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        using var patience = new CancellationTokenSource(LiveHost.Patience);
        var octets = new byte[count];
        await _stream.ReadExactlyAsync(octets, patience.Token);
        return octets;
    }
}
