using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Postmill.Protocols.Imap;
using Postmill.Protocols.Net;
using Postmill.Testing.Servers;

namespace Postmill.Protocols.Tests.Imap;

/// <summary>
/// A server that follows an exact script: expect a line, send bytes, for what real servers do not do. Anything else than the script says
/// fails <see cref="FinishedAsync"/> with the line that came. Latin-1: one character is one byte.
/// </summary>
internal sealed class ScriptedImapServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Func<Task>> _steps = [];
    private readonly CancellationTokenSource _over = new();
    private Stream _stream = Stream.Null;
    private Task? _running;
    private bool _byteByByte;

    public TlsMode Tls { get; private set; } = TlsMode.None;

    /// <summary>Completes when a <see cref="Mark"/> step is reached.</summary>
    public TaskCompletionSource Marked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptedImapServer Expect(string line) => Step(async () =>
    {
        var got = await ReadLineAsync();
        if (got != line) throw new InvalidOperationException($"expected «{line}», got «{got}»");
    });

    public ScriptedImapServer ExpectAny(Func<string, bool> fits) => Step(async () =>
    {
        var got = await ReadLineAsync();
        if (!fits(got)) throw new InvalidOperationException($"did not expect «{got}»");
    });

    public ScriptedImapServer Send(string bytes) => Step(() => SendAsync(Encoding.Latin1.GetBytes(bytes)));

    public ScriptedImapServer Send(byte[] bytes) => Step(() => SendAsync(bytes));

    /// <summary>Expects a line and answers it with lines.</summary>
    public ScriptedImapServer On(string line, params string[] answers) => Expect(line).Send(string.Concat(answers.Select(a => a + "\r\n")));

    /// <summary>The usual beginning: a greeting with these capabilities.</summary>
    public ScriptedImapServer Greet(string capabilities) => Send($"* OK [CAPABILITY {capabilities}] ready\r\n");

    public ScriptedImapServer Mark() => Step(() =>
    {
        Marked.TrySetResult();
        return Task.CompletedTask;
    });

    public ScriptedImapServer Wait(Task gate) => Step(() => gate);

    /// <summary>Nothing more, the connection stays open until the test is over.</summary>
    public ScriptedImapServer Stall() => Step(() => Task.Delay(Timeout.Infinite, _over.Token).ContinueWith(_ => { }, TaskScheduler.Default));

    public ScriptedImapServer Drop() => Step(() =>
    {
        _stream.Dispose();
        return Task.CompletedTask;
    });

    public ScriptedImapServer ExpectEnd() => Step(async () =>
    {
        if (await _stream.ReadAsync(new byte[1]) != 0) throw new InvalidOperationException("expected the end of the connection");
    });

    public ScriptedImapServer ByteByByte()
    {
        _byteByByte = true;
        return this;
    }

    public ScriptedImapServer ImplicitTls()
    {
        Tls = TlsMode.Implicit;
        return Handshake();
    }

    public ScriptedImapServer StartTls()
    {
        Tls = TlsMode.StartTls;
        return Handshake();
    }

    /// <summary>Begins to follow the script and connects a client to it.</summary>
    public Task<ImapConnection> ConnectAsync(TimeProvider? time = null, Func<ImapOptions, ImapOptions>? configure = null)
    {
        _listener.Start();
        _running = Task.Run(RunAsync);
        var options = new ImapOptions
        {
            Transport = new MailTransportOptions
            {
                AddressPolicy = AddressPolicy.Any,
                AllowPlaintext = true,
                Time = time ?? TimeProvider.System,
                TrustedCertificates = [X509CertificateLoader.LoadCertificateFromFile(TestCertificates.Shared.AuthorityPath)],
            },
        };
        var endpoint = new MailEndpoint("localhost", ((IPEndPoint)_listener.LocalEndpoint).Port, Tls);
        return ImapConnection.ConnectAsync(endpoint, configure is null ? options : configure(options), default);
    }

    /// <summary>The script was followed to its end.</summary>
    public Task FinishedAsync() => (_running ?? throw new InvalidOperationException("not started")).WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        if (_running is not null) await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _over.Dispose();
    }

    private ScriptedImapServer Step(Func<Task> step)
    {
        _steps.Add(step);
        return this;
    }

    private ScriptedImapServer Handshake() => Step(async () =>
    {
        var tls = new SslStream(_stream);
        await tls.AuthenticateAsServerAsync(TestCertificates.Shared.Valid.Load());
        _stream = tls;
    });

    private async Task RunAsync()
    {
        using var client = await _listener.AcceptTcpClientAsync();
        client.NoDelay = true;
        _stream = client.GetStream();
        await using var closing = _over.Token.Register(client.Dispose);
        foreach (var step in _steps) await step();
    }

    private async Task SendAsync(byte[] bytes)
    {
        if (!_byteByByte)
        {
            await _stream.WriteAsync(bytes);
            return;
        }
        for (var i = 0; i < bytes.Length; i++) await _stream.WriteAsync(bytes.AsMemory(i, 1));
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await _stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n') return Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }
        return $"(end of the connection after «{Encoding.Latin1.GetString([.. line])}»)";
    }
}
