using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Postmill.Testing.Servers;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>The server's side of one scripted session.</summary>
internal sealed class ScriptedSmtpPeer(Socket socket, TaskCompletionSource reached, Task finished) : IAsyncDisposable
{
    private Stream _stream = new NetworkStream(socket, ownsSocket: true);

    /// <summary>Sends text as it is, in as many segments as given.</summary>
    public async Task SendAsync(params string[] segments)
    {
        foreach (var segment in segments) await _stream.WriteAsync(Encoding.UTF8.GetBytes(segment));
    }

    /// <summary>False when the client has left.</summary>
    public async Task<bool> TrySendAsync(string segment)
    {
        try
        {
            await SendAsync(segment);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Null at the end of the connection.</summary>
    public async Task<string?> ReadLineAsync()
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await ReadAsync(one) == 1)
        {
            line.Add(one[0]);
            if (line is [.., (byte)'\r', (byte)'\n']) return Encoding.UTF8.GetString([.. line], 0, line.Count - 2);
        }
        return null;
    }

    /// <summary>What DATA carries, as RFC 5321 section 4.5.2 reads it: until a line with nothing but a dot, the dots of transparency taken away.</summary>
    public async Task<byte[]> ReadContentAsync()
    {
        var content = new List<byte>();
        var line = new List<byte>();
        var one = new byte[1];
        while (await ReadAsync(one) == 1)
        {
            line.Add(one[0]);
            if (line is not [.., (byte)'\r', (byte)'\n']) continue;
            if (line is [(byte)'.', (byte)'\r', (byte)'\n']) return [.. content];
            content.AddRange(line[0] == '.' ? line[1..] : line);
            line.Clear();
        }
        throw new EndOfStreamException("the connection ended inside the content");
    }

    /// <summary>Exactly so many bytes.</summary>
    public async Task<byte[]> ReadBytesAsync(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    /// <summary>What one read gives: all that was sent so far, which is one write when the client waits for an answer to it.</summary>
    public async Task<string> ReadSegmentAsync()
    {
        var buffer = new byte[256 * 1024];
        return Encoding.UTF8.GetString(buffer, 0, await ReadAsync(buffer));
    }

    public async Task ExpectAsync(string expected) => Assert.Equal(expected, await ReadLineAsync());

    public async Task AnswerAsync(string expected, string reply)
    {
        await ExpectAsync(expected);
        await SendAsync(reply);
    }

    /// <summary>Greeting and EHLO, the least that every session has.</summary>
    public async Task OpenAsync(params string[] extensions)
    {
        await SendAsync("220 mail.test ESMTP ready\r\n");
        await EhloAsync(extensions);
    }

    public Task EhloAsync(params string[] extensions)
    {
        string[] lines = ["mail.test", .. extensions];
        return AnswerAsync("EHLO [127.0.0.1]", string.Concat(lines.Select((line, i) => $"250{(i == lines.Length - 1 ? ' ' : '-')}{line}\r\n")));
    }

    /// <summary>False when the client did not want the handshake.</summary>
    public async Task<bool> StartTlsAsync(PemPair? certificate = null)
    {
        var tls = new SslStream(_stream);
        _stream = tls;
        try
        {
            await tls.AuthenticateAsServerAsync((certificate ?? TestCertificates.Shared.Valid).Load());
            return true;
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            return false;
        }
    }

    /// <summary>Tells the test that the script is here.</summary>
    public void Reach() => reached.TrySetResult();

    /// <summary>Ends when the test says <see cref="ScriptedSmtpServer.Finish"/>: for a script that must not read on meanwhile.</summary>
    public Task FinishedAsync() => finished.WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Says nothing more until the client goes.</summary>
    public async Task StallAsync()
    {
        Reach();
        await GoneAsync();
    }

    /// <summary>Until the client closed the connection.</summary>
    public async Task GoneAsync()
    {
        while (await ReadAsync(new byte[1024]) > 0) { }
    }

    /// <summary>Resets the connection.</summary>
    public void Drop()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<int> ReadAsync(byte[] buffer)
    {
        try
        {
            return await _stream.ReadAsync(buffer);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
