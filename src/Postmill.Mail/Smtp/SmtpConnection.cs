using Postmill.Mail.Net;

namespace Postmill.Mail.Smtp;

/// <summary>A session with an SMTP server, RFC 5321: greeted, introduced, encrypted as its endpoint says, and then logged in if asked.</summary>
/// <remarks>
/// <code>
///   connect ─► greeting ─► EHLO (else HELO) ─► STARTTLS ─► handshake ─► EHLO ─► ready ─► AUTH ─► ready, logged in ─► mails ─► QUIT
/// </code>
/// MailKit does the talking, over <see cref="SmtpGuardedStream"/>. One command at a time. Every method throws <see cref="MailServerException"/>; after CommandRefused and AuthenticationFailed the session
/// may go on, after all other faults it is closed. A cancelled command closes it too.
/// </remarks>
public sealed partial class SmtpConnection : IAsyncDisposable
{
    private readonly MailEndpoint _endpoint;
    private readonly SmtpOptions _options;
    private readonly SmtpGuardedStream _guard;
    private readonly GuardedSmtpClient _client;

    private SmtpConnection(MailEndpoint endpoint, SmtpOptions options, SmtpGuardedStream guard, GuardedSmtpClient client, SmtpExtensions extensions)
    {
        _endpoint = endpoint;
        _options = options;
        _guard = guard;
        _client = client;
        Extensions = extensions;
    }

    /// <summary>What the server can do, as last announced.</summary>
    public SmtpExtensions Extensions { get; }

    /// <summary>The server's greeting, cleaned; for the log.</summary>
    public string Greeting => _guard.Greeting;

    /// <summary>Whether TLS protects the session.</summary>
    public bool IsSecure => _guard.IsSecure;

    /// <summary>Whether AUTH succeeded.</summary>
    public bool IsAuthenticated => AuthMechanism is not null;

    /// <summary>The SASL mechanism that logged in, in capitals; null before.</summary>
    public string? AuthMechanism { get; private set; }

    /// <summary>Whether the session is over, by us or because of a fault.</summary>
    public bool IsClosed => _guard.IsClosed;

    /// <summary>Connects, takes the greeting and introduces us; with <see cref="TlsMode.StartTls"/> nothing but that is said before TLS.</summary>
    /// <exception cref="MailServerException">
    /// What <see cref="MailTransport.ConnectAsync"/> throws; CommandRefused when the server wants no session (554); PlaintextRefused when
    /// STARTTLS is asked for and not offered; Disconnected on 421.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async Task<SmtpConnection> ConnectAsync(MailEndpoint endpoint, SmtpOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(options);
        if (!IsClientName(options.ClientName)) throw new ArgumentException("A client name is printable ASCII without blanks.", nameof(options));
        var transport = await MailTransport.ConnectAsync(endpoint, options.Transport, cancellationToken).ConfigureAwait(false);
        return await OpenAsync(endpoint, options, transport, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a session on a connection that is there already.</summary>
    internal static async Task<SmtpConnection> OpenAsync(MailEndpoint endpoint, SmtpOptions options, MailTransport transport, CancellationToken cancellationToken)
    {
        SmtpGuardedStream? guard = await SmtpGuardedStream.OpenAsync(transport, endpoint, options.ClientName, cancellationToken).ConfigureAwait(false);
        try
        {
            var client = new GuardedSmtpClient(guard, options.ClientName);
            var extensions = await client.OpenAsync(cancellationToken).ConfigureAwait(false);
            var opened = new SmtpConnection(endpoint, options, guard, client, extensions);
            guard = null;
            return opened;
        }
        finally
        {
            if (guard is not null) await guard.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Logs in with the best mechanism that server and credential share, RFC 4954.</summary>
    /// <exception cref="MailServerException">
    /// AuthenticationFailed when the credentials are refused or the server offers no way to log in; CommandRefused when it cannot tell now
    /// (454 and other 4yz); PlaintextRefused when the secret would travel unencrypted and that is not allowed.
    /// </exception>
    /// <exception cref="InvalidOperationException">Already logged in (RFC 4954 section 4: once per session).</exception>
    public async Task AuthenticateAsync(MailCredential credential, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(credential);
        if (IsAuthenticated) throw new InvalidOperationException("The session is logged in already.");
        if (!IsSecure && !_options.Transport.AllowPlaintext)
            throw new MailServerException(MailFault.PlaintextRefused, "Logging in without encryption is not allowed here.");
        _guard.Secrets = new SmtpSecrets(credential, _endpoint);
        AuthMechanism = await SmtpAuthentication.RunAsync(_client, credential, _endpoint, _options.Transport.Random, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks for nothing, to see whether the session lives.</summary>
    public Task NoopAsync(CancellationToken cancellationToken) => _client.DemandAsync("NOOP", cancellationToken);

    /// <summary>Drops a transaction that was begun.</summary>
    public Task ResetAsync(CancellationToken cancellationToken) => _client.DemandAsync("RSET", cancellationToken);

    /// <summary>Says goodbye, waits briefly for the answer, closes. A server that fails at this fails nothing.</summary>
    public async Task QuitAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!IsClosed) await _client.AskAsync("QUIT", cancellationToken).ConfigureAwait(false);
        }
        catch (MailServerException)
        {
            // All that was wanted is done; many servers just hang up here.
        }
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Closes without goodbye. Callable at any time from any thread; a command under way ends with a fault.</summary>
    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    private static bool IsClientName(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExceptInRange('!', '~');
}
