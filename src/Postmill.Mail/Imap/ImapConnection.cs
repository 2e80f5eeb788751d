using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;
using Postmill.Mail.Net;

namespace Postmill.Mail.Imap;

/// <summary>
/// A session with an IMAP server (RFC 9051, RFC 3501): MailKit's client over <see cref="ImapGuardedStream"/>, and the one place where its exceptions are folded. One command at a time.
/// A NO or BAD where that is a normal thing to happen is a value; every fault is a <see cref="MailServerException"/>, after which the connection is closed, except CommandRefused and
/// AuthenticationFailed.
/// <code>
///   ConnectAsync ─► LoginAsync ─► (EnableQResyncAsync) ─► SelectAsync ─► fetch, search, change, idle ─► LogoutAsync
/// </code>
/// </summary>
public sealed partial class ImapConnection : IAsyncDisposable
{
    private readonly ImapGuardedStream _guard;
    private readonly GuardedImapClient _client = new();
    private readonly MailEndpoint _endpoint;
    private readonly ImapOptions _options;
    private int _busy;

    internal ImapConnection(ImapGuardedStream guard, MailEndpoint endpoint, ImapOptions options)
    {
        _guard = guard;
        _endpoint = endpoint;
        _options = options;
        _client.Heard = happened => Unsolicited?.Invoke(happened);
    }

    /// <summary>What the server can do, as last announced.</summary>
    public ImapCapabilities Capabilities => new(_client.Capabilities);

    /// <summary>Whether TLS protects the session.</summary>
    public bool IsSecure => _guard.IsSecure;

    /// <summary>Whether commands can still be sent.</summary>
    public bool IsUsable => !_guard.IsClosed && _client.IsConnected;

    /// <summary>Whether somebody is logged in (also by PREAUTH).</summary>
    public bool IsAuthenticated => _client.IsAuthenticated;

    /// <summary>The open mailbox, or null.</summary>
    public ImapMailboxName? Selected => _client.Open?.WireName;

    /// <summary>Whether QRESYNC is on (<see cref="EnableQResyncAsync"/>).</summary>
    public bool QResyncEnabled { get; private set; }

    /// <summary>Receives what the server says unasked of the open mailbox while a command runs, on the thread that reads; must be quick.</summary>
    public Action<ImapEvent>? Unsolicited { get; set; }

    internal ImapGuardedStream Guard => _guard;

    /// <summary>Connects, secures the connection as <paramref name="endpoint"/> says, reads the greeting and learns the capabilities.</summary>
    /// <exception cref="MailServerException">Any fault; Disconnected with the server's words when it greets with BYE.</exception>
    public static async Task<ImapConnection> ConnectAsync(MailEndpoint endpoint, ImapOptions options, CancellationToken cancellationToken)
    {
        var guard = await ImapGuardedStream.ConnectAsync(endpoint, options.Transport, cancellationToken, options.Limits).ConfigureAwait(false);
        return await OpenAsync(new ImapConnection(guard, endpoint, options), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins a session over a connection; closes it when that fails.</summary>
    internal static async Task<ImapConnection> OpenAsync(ImapConnection connection, CancellationToken cancellationToken)
    {
        var opened = false;
        try
        {
            await connection.RunAsync(() => connection._guard.OpenAsync(connection._client, cancellationToken)).ConfigureAwait(false);
            opened = true;
            return connection;
        }
        finally
        {
            if (!opened) await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Lets the server say what it has to say (<see cref="Unsolicited"/>) and proves that it is there.</summary>
    public Task NoopAsync(CancellationToken cancellationToken) => RunAsync(() => _client.NoOpAsync(cancellationToken));

    /// <summary>Says goodbye, waits shortly for the answer (<see cref="MailTimeouts.Closing"/>) and closes. Whatever the server does, this succeeds.</summary>
    public async Task LogoutAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (IsUsable) await RunAsync(() => _client.DisconnectAsync(quit: true, cancellationToken)).ConfigureAwait(false);
        }
        catch (MailServerException)
        {
            // The session ends in any case; how the server takes it changes nothing.
        }
        finally
        {
            _guard.Abort();
        }
    }

    /// <summary>Closes the connection at once, without LOGOUT. MailKit's client does not bear to be disposed in the middle of a command, and holds nothing else.</summary>
    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    private Task<bool> RunAsync(Func<Task> exchange) => RunAsync(async () =>
    {
        await exchange().ConfigureAwait(false);
        return true;
    });

    /// <summary>One command at a time, and what MailKit throws as what it means.</summary>
    private async Task<T> RunAsync<T>(Func<Task<T>> exchange)
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0) throw new InvalidOperationException("Another command of this IMAP connection is running.");
        try
        {
            return await exchange().ConfigureAwait(false);
        }
        catch (Exception e) when (IsMailKits(e))
        {
            throw Folded(e);
        }
        finally
        {
            if (_guard.Bye is not null) _guard.Abort();
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>The same, where the server's NO and BAD are values.</summary>
    private async Task<ImapAnswer<T>> AskAsync<T>(Func<Task<T>> exchange)
        where T : class
    {
        try
        {
            return new ImapAnswer<T>(await RunAsync(exchange).ConfigureAwait(false));
        }
        catch (MailServerException e) when (e is { Fault: MailFault.CommandRefused, InnerException: CommandException or FolderNotFoundException or FolderNotOpenException })
        {
            return new ImapAnswer<T>(new ImapRefusal(e.InnerException is ImapCommandException { Response: ImapCommandResponse.Bad }, e.Code, e.ServerText ?? "", e.RetryAfter));
        }
    }

    private async Task<ImapRefusal?> DoAsync(Func<Task> exchange) => (await AskAsync(async () =>
    {
        await exchange().ConfigureAwait(false);
        return "";
    }).ConfigureAwait(false)).Refusal;

    /// <summary>
    /// What MailKit throws because of a server. Its argument exceptions and the like come of numbers and words that it reads without looking (<c>* 0 FETCH</c>); elsewhere they are bugs.
    /// </summary>
    private static bool IsMailKits(Exception e) => e is MailServerException or ProtocolException or CommandException or AuthenticationException or SaslException or IOException and not EndOfStreamException
        or ServiceNotConnectedException or ServiceNotAuthenticatedException or FolderNotFoundException or FolderNotOpenException
        || e is ArgumentException or InvalidOperationException or FormatException or NotSupportedException && e.Source is "MailKit" or "MimeKit" or "System.Private.CoreLib";

    private MailServerException Folded(Exception e)
    {
        if (_guard.Bye is { } bye && e is not MailServerException { Fault: not (MailFault.Disconnected or MailFault.TimedOut) })
            return new MailServerException(MailFault.Disconnected, "The server ended the session.", bye.Text, e) { Code = bye.Code };
        switch (e)
        {
            case MailServerException fault:
                return fault;
            case CommandException or FolderNotFoundException when _guard.Answer is { IsOk: false } answer:
                return new MailServerException(MailFault.CommandRefused, "The server refused a command.", answer.Text, e) { Code = answer.Code, RetryAfter = ThrottleHint.Find(answer.Text) };
            case FolderNotFoundException:
                return new MailServerException(MailFault.CommandRefused, "The server has no such mailbox.", "There is no such mailbox.", e) { Code = "NONEXISTENT" };
            case FolderNotOpenException:
                return new MailServerException(MailFault.CommandRefused, "The server lets nobody change the mailbox.", "The mailbox is read-only.", e) { Code = "READ-ONLY" };
            case ServiceNotConnectedException or IOException:
                return new MailServerException(MailFault.Disconnected, "The connection is closed.", null, e);
            default:
                // The position in the protocol is lost.
                _guard.Abort();
                return new MailServerException(MailFault.ProtocolError, "The server's answer is not IMAP.", null, e);
        }
    }
}
