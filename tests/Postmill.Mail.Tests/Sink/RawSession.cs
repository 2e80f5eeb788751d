using System.Net.Sockets;
using System.Text;

namespace Postmill.Mail.Tests.Sink;

/// <summary>A client's side that says what it is told, byte for byte.</summary>
internal sealed class RawSession : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpClient _client = new();
    private StreamReader _reader = null!;

    public static async Task<RawSession> OpenAsync(int port)
    {
        var session = new RawSession();
        await session._client.ConnectAsync("127.0.0.1", port);
        session._reader = new StreamReader(session._client.GetStream(), Encoding.UTF8);
        return session;
    }

    /// <summary>Greeted, and through MAIL and RCPT.</summary>
    public static async Task<RawSession> WithEnvelopeAsync(int port, string recipient = "bob@mail.test")
    {
        var session = await OpenAsync(port);
        await session.ExpectAsync("220");
        await session.SayAsync("EHLO me", "250");
        await session.SayAsync("MAIL FROM:<ada@mail.test>", "250");
        await session.SayAsync($"RCPT TO:<{recipient}>", "250");
        return session;
    }

    public Task WriteAsync(string text) => _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

    /// <summary>A whole reply; null at the connection's end.</summary>
    public async Task<string?> ReplyAsync()
    {
        var lines = new List<string>();
        try
        {
            while (await _reader.ReadLineAsync().WaitAsync(Patience) is { } line)
            {
                lines.Add(line);
                if (line.Length < 4 || line[3] != '-') return string.Join('\n', lines);
            }
        }
        catch (IOException)
        {
            return null;
        }

        return null;
    }

    public async Task<string> ExpectAsync(string code)
    {
        var reply = await ReplyAsync();
        Assert.StartsWith(code, reply ?? "(the end)", StringComparison.Ordinal);
        return reply!;
    }

    public async Task<string> SayAsync(string line, string expected)
    {
        await WriteAsync($"{line}\r\n");
        return await ExpectAsync(expected);
    }

    public async Task EndsAsync() => Assert.Null(await ReplyAsync());

    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }
}
