using System.Net.Sockets;
using System.Text;

namespace Postmill.Testing.Servers;

/// <summary>Just enough LMTP (RFC 2033) to hand mails to a local server, one connection for any number of them.</summary>
public sealed class LmtpClient : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TcpClient _client = new() { NoDelay = true };
    private Stream _stream = Stream.Null;
    private StreamReader _reader = StreamReader.Null;

    private LmtpClient() { }

    public static async Task<LmtpClient> ConnectAsync(int port)
    {
        var client = new LmtpClient();
        await client._client.ConnectAsync("127.0.0.1", port);
        client._stream = client._client.GetStream();
        client._reader = new StreamReader(client._stream, Encoding.Latin1);
        await client.ExpectAsync("220");
        await client.CommandAsync("LHLO localhost", "250");
        return client;
    }

    /// <summary>Returns when the mail is on disk. Line ends are normalised to CRLF, as SMTP knows no others.</summary>
    public async Task DeliverAsync(string recipient, ReadOnlyMemory<byte> mail, string sender = "sender@example.org")
    {
        await CommandAsync($"MAIL FROM:<{sender}>", "250");
        await CommandAsync($"RCPT TO:<{recipient}>", "250");
        await CommandAsync("DATA", "354");
        await _stream.WriteAsync(Stuffed(mail.Span));
        await ExpectAsync("250");
    }

    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    private async Task CommandAsync(string command, string code)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"));
        await ExpectAsync(code);
    }

    private async Task ExpectAsync(string code)
    {
        string? line;
        do
        {
            line = await _reader.ReadLineAsync().WaitAsync(Deadline, TimeProvider.System);
            if (line is null || !line.StartsWith(code, StringComparison.Ordinal)) throw new IOException($"LMTP server said: {line ?? "nothing"}");
        } while (line.Length > 3 && line[3] == '-');
    }

    private static byte[] Stuffed(ReadOnlySpan<byte> mail)
    {
        using var data = new MemoryStream(mail.Length + 1024);
        while (!mail.IsEmpty)
        {
            var end = mail.IndexOf((byte)'\n');
            var line = (end < 0 ? mail : mail[..end]).TrimEnd((byte)'\r');
            if (line.StartsWith("."u8)) data.WriteByte((byte)'.');
            data.Write(line);
            data.Write("\r\n"u8);
            mail = end < 0 ? [] : mail[(end + 1)..];
        }
        data.Write(".\r\n"u8);
        return data.ToArray();
    }
}
