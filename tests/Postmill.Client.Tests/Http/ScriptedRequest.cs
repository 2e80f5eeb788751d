using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Postmill.Client.Tests.Http;

/// <summary>What a client sent, and the line back to it.</summary>
internal sealed class ScriptedRequest
{
    private readonly Stream _stream;

    private ScriptedRequest(Stream stream, string head, CancellationToken ended)
    {
        _stream = stream;
        Head = head;
        Ended = ended;
    }

    /// <summary>Request line and header fields.</summary>
    public string Head { get; }

    public string Target => Head.Split(' ')[1];

    public CancellationToken Ended { get; }

    public static async Task<ScriptedRequest?> ReadAsync(Stream stream, CancellationToken ended)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, ended) == 0) return null;
            head.Append((char)one[0]);
        }
        return new ScriptedRequest(stream, head.ToString(), ended);
    }

    public string? Header(string name) => Head.Split("\r\n").Select(line => line.Split(':', 2))
        .FirstOrDefault(field => field.Length == 2 && field[0].Equals(name, StringComparison.OrdinalIgnoreCase))?[1].Trim();

    public async Task WriteAsync(string text) => await _stream.WriteAsync(Encoding.UTF8.GetBytes(text), Ended);

    /// <summary>Until the client closes, so that what it has not sent yet does not reset the connection.</summary>
    public async Task DrainAsync()
    {
        var waste = new byte[4096];
        while (await _stream.ReadAsync(waste, Ended) > 0) waste.AsSpan().Clear();
    }

    public async Task<WebSocket> AcceptWebSocketAsync()
    {
#pragma warning disable CA5350 // RFC 6455 §4.2.2 says SHA-1; it proves nothing and protects nothing.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(Header("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await WriteAsync($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");
        return WebSocket.CreateFromStream(_stream, new WebSocketCreationOptions { IsServer = true });
    }
}
