using Postmill.Protocols.Net;
using Postmill.Protocols.Smtp.Commands;

namespace Postmill.Protocols.Smtp;

/// <summary>A session with an SMTP server, RFC 5321: greeted, introduced, encrypted as its endpoint says, and then logged in if asked.</summary>
/// <remarks>
/// <code>
///   connect ─► greeting ─► EHLO (else HELO) ─► STARTTLS ─► handshake ─► EHLO ─► ready ─► AUTH ─► ready, logged in ─► mails ─► QUIT
/// </code>
/// One command at a time. Every method throws <see cref="MailServerException"/>; after CommandRefused and AuthenticationFailed the session
/// may go on, after all other faults it is closed. A cancelled command closes it too.
/// </remarks>
public sealed partial class SmtpConnection : IAsyncDisposable
{
    private readonly MailEndpoint _endpoint;
    private readonly SmtpOptions _options;
    private readonly SmtpWire _wire;

    private SmtpConnection(MailEndpoint endpoint, SmtpOptions options, MailTransport transport)
    {
        _endpoint = endpoint;
        _options = options;
        _wire = new SmtpWire(transport);
    }

    /// <summary>What the server can do, as last announced.</summary>
    public SmtpExtensions Extensions { get; private set; } = SmtpExtensions.None;

    /// <summary>The server's greeting, cleaned; for the log.</summary>
    public string Greeting { get; private set; } = "";

    /// <summary>Whether TLS protects the session.</summary>
    public bool IsSecure => _wire.Transport.IsSecure;

    /// <summary>Whether AUTH succeeded.</summary>
    public bool IsAuthenticated => AuthMechanism is not null;

    /// <summary>The SASL mechanism that logged in, in capitals; null before.</summary>
    public string? AuthMechanism { get; private set; }

    /// <summary>Whether the session is over, by us or because of a fault.</summary>
    public bool IsClosed => _wire.Transport.IsClosed;

    /// <summary>Connects, takes the greeting and introduces us; with <see cref="TlsMode.StartTls"/> nothing but that is said before TLS.</summary>
    /// <exception cref="MailServerException">
    /// What <see cref="MailTransport.ConnectAsync"/> throws; CommandRefused when the server wants no session (554); PlaintextRefused when
    /// STARTTLS is asked for and not offered; Disconnected on 421.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async Task<SmtpConnection> ConnectAsync(MailEndpoint endpoint, SmtpOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(options);
        return await OpenAsync(endpoint, options, await MailTransport.ConnectAsync(endpoint, options.Transport, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
    }

    /// <summary>Opens a session on a connection that is there already.</summary>
    internal static async Task<SmtpConnection> OpenAsync(MailEndpoint endpoint, SmtpOptions options, MailTransport transport, CancellationToken ct)
    {
        SmtpConnection? opening = new(endpoint, options, transport);
        try
        {
            await opening.OpenAsync(ct).ConfigureAwait(false);
            var opened = opening;
            opening = null;
            return opened;
        }
        finally
        {
            if (opening is not null) await opening.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Logs in with the best mechanism that server and credential share, RFC 4954.</summary>
    /// <exception cref="MailServerException">
    /// AuthenticationFailed when the credentials are refused or the server offers no way to log in; CommandRefused when it cannot tell now
    /// (454 and other 4yz); PlaintextRefused when the secret would travel unencrypted and that is not allowed.
    /// </exception>
    /// <exception cref="InvalidOperationException">Already logged in (RFC 4954 section 4: once per session).</exception>
    public async Task AuthenticateAsync(MailCredential credential, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(credential);
        if (IsAuthenticated) throw new InvalidOperationException("The session is logged in already.");
        if (!IsSecure && !_options.Transport.AllowPlaintext)
            throw new MailServerException(MailFault.PlaintextRefused, "Logging in without encryption is not allowed here.");
        AuthMechanism = await Auth.RunAsync(_wire, Extensions, credential, _endpoint, ct).ConfigureAwait(false);
    }

    /// <summary>Asks for nothing, to see whether the session lives.</summary>
    public Task NoopAsync(CancellationToken ct) => Noop.RunAsync(_wire, ct);

    /// <summary>Drops a transaction that was begun.</summary>
    public Task ResetAsync(CancellationToken ct) => Rset.RunAsync(_wire, ct);

    /// <summary>Says goodbye, waits briefly for the answer, closes. A server that fails at this fails nothing.</summary>
    public async Task QuitAsync(CancellationToken ct)
    {
        if (!IsClosed) await Quit.RunAsync(_wire, ct).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends <see cref="MailTimeouts.Total"/>: the session was checked and now lives on.</summary>
    public void LiftTotal() => _wire.Transport.LiftTotal();

    /// <summary>Closes without goodbye. Callable at any time from any thread; a command under way ends with a fault.</summary>
    public ValueTask DisposeAsync() => _wire.Transport.DisposeAsync();

    private async Task OpenAsync(CancellationToken ct)
    {
        Greeting = await Commands.Greeting.TakeAsync(_wire, ct).ConfigureAwait(false);
        Extensions = await Ehlo.RunAsync(_wire, _options.ClientName, ct).ConfigureAwait(false);
        if (_endpoint.Tls != TlsMode.StartTls) return;
        await StartTls.RunAsync(_wire, Extensions, _endpoint.AsciiHost(), ct).ConfigureAwait(false);
        Extensions = await Ehlo.RunAsync(_wire, _options.ClientName, ct).ConfigureAwait(false);
    }
}
