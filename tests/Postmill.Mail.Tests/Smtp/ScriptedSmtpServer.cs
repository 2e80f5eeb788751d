using System.Net;
using System.Net.Sockets;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;
using Postmill.Testing.Servers;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>A server on loopback that plays one script per connection, one connection after the other.</summary>
internal sealed class ScriptedSmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _playing;
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptedSmtpServer(Func<ScriptedSmtpPeer, Task> script)
    {
        _listener.Start();
        _playing = PlayAsync(script);
    }

    /// <summary>The credential that the scripts here let in.</summary>
    public static MailCredential Ada { get; } = new("ada@mail.test", "s3cret-pass");

    public int Connections { get; private set; }

    /// <summary>Ends when the script says so, or stalls.</summary>
    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Lets scripts go on that wait for the test.</summary>
    public void Finish() => _finished.TrySetResult();

    public MailEndpoint Endpoint(TlsMode tls = TlsMode.None) => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port, tls);

    public static SmtpOptions Options(TimeProvider? time = null) => new()
    {
        Transport = new MailTransportOptions
        {
            AddressPolicy = AddressPolicy.Any,
            AllowPlaintext = true,
            TrustedCertificates = Anchors(),
            Time = time ?? TimeProvider.System,
        },
    };

    public Task<SmtpConnection> ConnectAsync(TlsMode tls = TlsMode.None, SmtpOptions? options = null) => SmtpConnection.ConnectAsync(Endpoint(tls), options ?? Options(), default);

    public Task VerifyAsync(TlsMode tls = TlsMode.None, SmtpOptions? options = null, MailCredential? credential = null) => VerifyAsync(Endpoint(tls), credential ?? Ada, options ?? Options());

    /// <summary>Checks credentials as a person's are checked: a whole session that sends nothing.</summary>
    public static async Task VerifyAsync(MailEndpoint endpoint, MailCredential credential, SmtpOptions options)
    {
        await using var connection = await SmtpConnection.ConnectAsync(endpoint, options, default);
        await connection.AuthenticateAsync(credential, default);
        await connection.QuitAsync(default);
    }

    /// <summary>Stops listening; a script that failed, or was not followed to its end, fails the test.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _playing.WaitAsync(TimeSpan.FromSeconds(20));
        _listener.Dispose();
        _closing.Dispose();
    }

    private static System.Security.Cryptography.X509Certificates.X509Certificate2Collection Anchors()
    {
        var anchors = new System.Security.Cryptography.X509Certificates.X509Certificate2Collection();
        anchors.ImportFromPemFile(TestCertificates.Shared.AuthorityPath);
        return anchors;
    }

    private async Task PlayAsync(Func<ScriptedSmtpPeer, Task> script)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(_closing.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            Connections++;
            await using var peer = new ScriptedSmtpPeer(socket, _reached, _finished.Task);
            await script(peer);
        }
    }
}
