using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Postmill.Host.Tests.Accounts;

/// <summary>A server that says to each connection what its story tells, for what a real mail server will not do.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<ScriptedTalk, Task> _story;
    private Task _loop = Task.CompletedTask;
    private int _visits;

    private ScriptedServer(Func<ScriptedTalk, Task> story) => _story = story;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Visits => Volatile.Read(ref _visits);

    public static ScriptedServer Start(Func<ScriptedTalk, Task> story)
    {
        var server = new ScriptedServer(story);
        server._listener.Start();
        server._loop = server.AcceptAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _loop;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var talks = new List<Task>();
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                Interlocked.Increment(ref _visits);
                talks.Add(TalkAsync(client));
            }
            catch (Exception gone) when (IsOver(gone))
            {
                continue;
            }
        }

        await Task.WhenAll(talks);
    }

    private async Task TalkAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await _story(new ScriptedTalk(client.GetStream(), _end.Token));
            }
            catch (Exception gone) when (IsOver(gone))
            {
                return; // the client left or the test is over
            }
        }
    }

    private static bool IsOver(Exception e) => e is IOException or SocketException or ObjectDisposedException or OperationCanceledException;
}

/// <summary>One connection of a scripted server.</summary>
public sealed class ScriptedTalk(Stream stream, CancellationToken end)
{
    private Stream _stream = stream;

    public Task SayAsync(string line) => _stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), end).AsTask();

    /// <summary>A line of the client without its end.</summary>
    public async Task<string> HearAsync()
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (true)
        {
            if (await _stream.ReadAsync(one, end) == 0) throw new IOException("the client left");
            if (one[0] == '\n') return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }
    }

    /// <summary>Says nothing more until the client leaves.</summary>
    public async Task HangAsync()
    {
        var ignored = new byte[1024];
        while (await _stream.ReadAsync(ignored, end) > 0) continue;
    }

    public async Task BeginTlsAsync(X509Certificate2 certificate)
    {
        var tls = new SslStream(_stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, end);
        _stream = tls;
    }
}
