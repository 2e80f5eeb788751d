using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Postmill.Mail.Imap;
using Postmill.Mail.Net;
using Postmill.Testing.Servers;

namespace Postmill.Mail.Tests.Imap;

/// <summary>
/// A server that follows an exact script: expect a line, send bytes, for what real servers do not do. Anything else than the script says
/// fails <see cref="FinishedAsync"/> with the line that came. Latin-1: one character is one byte. Tags are the client's: <c>A1</c>, <c>A2</c> at the beginning of a line stand for the last one
/// that came. What MailKit asks by itself after the login is answered unless the script expects it.
/// </summary>
internal sealed partial class ScriptedImapServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Func<Task>> _steps = [];
    private readonly CancellationTokenSource _over = new();
    private Stream _stream = Stream.Null;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _running;
    private bool _byteByByte;
    private string _tag = "A1";

    public TlsMode Tls { get; private set; } = TlsMode.None;

    /// <summary>Completes when a <see cref="Mark"/> step is reached.</summary>
    public TaskCompletionSource Marked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptedImapServer Expect(string line) => Step(async () =>
    {
        var got = await ReadCommandAsync(line);
        if (got != Bare(line)) throw new InvalidOperationException($"expected «{line}», got «{got}»");
    });

    public ScriptedImapServer ExpectAny(Func<string, bool> fits) => Step(async () =>
    {
        var got = await ReadCommandAsync("");
        if (!fits(got)) throw new InvalidOperationException($"did not expect «{got}»");
    });

    public ScriptedImapServer Send(string bytes) => Step(() => SendAsync(Encoding.Latin1.GetBytes(Tags().Replace(bytes, _tag))));

    public ScriptedImapServer Send(byte[] bytes) => Step(() => SendAsync(bytes));

    /// <summary>Expects a line and answers it with lines.</summary>
    public ScriptedImapServer On(string line, params string[] answers) => Expect(line).Send(string.Concat(answers.Select(a => a + "\r\n")));

    /// <summary>The usual beginning: a greeting with these capabilities.</summary>
    public ScriptedImapServer Greet(string capabilities) => Send($"* OK [CAPABILITY {capabilities}] ready\r\n");

    /// <summary>A greeting that logs in at once.</summary>
    public ScriptedImapServer In(string capabilities) => Send($"* PREAUTH [CAPABILITY {capabilities}] ready\r\n");

    /// <summary>Lets INBOX with nine mails be opened; see <see cref="OpenedAsync"/>.</summary>
    public ScriptedImapServer Open(string capabilities) => In(capabilities)
        .On(capabilities.Contains("CONDSTORE", StringComparison.Ordinal) || capabilities.Contains("QRESYNC", StringComparison.Ordinal) ? "A1 SELECT INBOX (CONDSTORE)" : "A1 SELECT INBOX",
            "* 9 EXISTS", "* OK [UIDVALIDITY 7] ok", "* OK [HIGHESTMODSEQ 5] ok", "A1 OK [READ-WRITE] open");

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
        var octets = new byte[100];
        var count = await _stream.ReadAsync(octets);
        if (count != 0) throw new InvalidOperationException($"expected the end of the connection, got «{Encoding.Latin1.GetString(octets, 0, count)}»");
    });

    /// <summary>Expects so many octets.</summary>
    public ScriptedImapServer Receive(byte[] into) => Step(() => _stream.ReadExactlyAsync(into).AsTask());

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

    /// <summary>Connects and opens INBOX.</summary>
    public async Task<ImapConnection> OpenedAsync(TimeProvider? time = null, Func<ImapOptions, ImapOptions>? configure = null)
    {
        var imap = await ConnectAsync(time, configure);
        Assert.True((await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions(), default)).IsOk);
        return imap;
    }

    /// <summary>The script was followed to its end.</summary>
    public Task FinishedAsync() => _finished.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        if (_running is not null) await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _over.Dispose();
        // What came instead of what was expected is the reason for whatever the client met.
        if (_finished.Task is { IsFaulted: true, Exception.InnerException: InvalidOperationException and not ObjectDisposedException and var instead }) throw instead;
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
        try
        {
            foreach (var step in _steps) await step();
            _finished.TrySetResult();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or ObjectDisposedException)
        {
            _finished.TrySetException(e);
            return;
        }

        // MailKit may have to ask something yet.
        try
        {
            if (_stream.CanRead) await ReadCommandAsync("");
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return;
        }
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

    private async Task<string> ReadCommandAsync(string expected)
    {
        while (true)
        {
            var got = await ReadLineAsync();
            var command = Bare(got);
            if (command.Length < got.Length) _tag = got[..(got.Length - command.Length - 1)];
            if (command == Bare(expected) || !MailKits().IsMatch(command)) return command;
            var told = command.Contains("\"INBOX\"", StringComparison.Ordinal) ? "* LIST () \"/\" INBOX\r\n" : command == "LIST \"\" \"\"" ? "* LIST (\\Noselect) \"/\" \"\"\r\n" : "";
            await SendAsync(Encoding.ASCII.GetBytes($"{told}{_tag} OK\r\n"));
        }
    }

    private static string Bare(string line) => Tagged().Replace(line, "");

    [GeneratedRegex(@"^[A-Z]\d+ ")]
    private static partial Regex Tagged();

    [GeneratedRegex(@"(?<=^|TAG "")A\d+(?=[ ""])", RegexOptions.Multiline)]
    private static partial Regex Tags();

    [GeneratedRegex(@"^(NAMESPACE|LIST """" """"|LIST """" ""INBOX""( RETURN \(SUBSCRIBED CHILDREN\))?|LIST \(SPECIAL-USE\) """" ""\*""( RETURN \(SUBSCRIBED CHILDREN\))?)$")]
    private static partial Regex MailKits();

    private async Task<string> ReadLineAsync()
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await _stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n') return Encoding.Latin1.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }
        throw new EndOfStreamException($"the connection ended after «{Encoding.Latin1.GetString([.. line])}»");
    }
}
