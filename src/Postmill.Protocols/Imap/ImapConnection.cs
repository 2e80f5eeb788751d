using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

/// <summary>
/// One IMAP session (RFC 9051, RFC 3501). One command at a time; a second one while the first runs is a bug and throws
/// <see cref="InvalidOperationException"/>. Each command is in a file of its own in <c>Commands/</c>.
/// </summary>
/// <remarks>
/// Commands throw <see cref="MailServerException"/>. After <see cref="MailFault.CommandRefused"/> and
/// <see cref="MailFault.AuthenticationFailed"/> the session goes on; after every other fault, and after a cancellation, it is closed.
/// <code>
///  connect → greeting → [STARTTLS] → not authenticated → AUTHENTICATE/LOGIN → authenticated ⇄ SELECT → selected ⇄ IDLE
///                └─ PREAUTH ────────────────────────────────────────────────────┘        any → BYE/LOGOUT → closed
/// </code>
/// </remarks>
public sealed partial class ImapConnection : IAsyncDisposable
{
    private readonly MailTransport _transport;
    private readonly MailEndpoint _endpoint;
    private readonly ImapOptions _options;
    private readonly ImapResponseReader _reader;
    private readonly FlagTable _flags;
    private readonly FetchParser _fetchParser;
    private readonly ImapResponse _response = new();
    private readonly ReadPolicy _shortAnswers;
    private readonly ReadPolicy _setAnswers;
    private ImapStatusLine? _bye;
    private MailStep _step;
    private bool _capabilitiesKnown;
    private int _busy;
    private int _lastTag;

    internal ImapConnection(MailTransport transport, MailEndpoint endpoint, ImapOptions options)
    {
        _transport = transport;
        _endpoint = endpoint;
        _options = options;
        _reader = new ImapResponseReader(transport, options.Limits);
        _flags = new FlagTable(options.Limits);
        _fetchParser = new FetchParser(options.Limits, _flags);
        _shortAnswers = new ReadPolicy(options.Limits.ResponseBytes, options.Limits.InlineLiteralBytes, null);
        _setAnswers = _shortAnswers with { ResponseBytes = options.Limits.SetResponseBytes };
    }

    /// <summary>What the server can do; refreshed after STARTTLS and after logging in.</summary>
    public ImapCapabilities Capabilities { get; private set; } = ImapCapabilities.None;

    /// <summary>The text of the greeting, cleaned.</summary>
    public string Greeting { get; private set; } = "";

    /// <summary>Whether TLS protects the session.</summary>
    public bool IsSecure => _transport.IsSecure;

    /// <summary>Whether commands can still be sent.</summary>
    public bool IsUsable => !_transport.IsClosed;

    /// <summary>Whether somebody is logged in (also by PREAUTH).</summary>
    public bool IsAuthenticated { get; private set; }

    /// <summary>The open mailbox, or null.</summary>
    public ImapMailboxName? Selected { get; private set; }

    /// <summary>Whether the server confirmed QRESYNC; announcing it is not enough (hard case 6).</summary>
    public bool QResyncEnabled { get; private set; }

    /// <summary>Receives what the server says unasked while a command runs, on the thread that reads; must be quick. What it throws ends the session.</summary>
    public Action<ImapEvent>? Unsolicited { get; set; }

    /// <summary>The connection below.</summary>
    public MailTransport Transport => _transport;

    private ImapLimits Limits => _options.Limits;

    private MailTimeouts Timeouts => _options.Transport.Timeouts;

    /// <summary>Connects, reads the greeting, learns the capabilities and, with <see cref="TlsMode.StartTls"/>, secures the connection.</summary>
    /// <exception cref="MailServerException">Any fault; <see cref="MailFault.PlaintextRefused"/> when STARTTLS is not offered.</exception>
    public static async Task<ImapConnection> ConnectAsync(MailEndpoint endpoint, ImapOptions options, CancellationToken cancellationToken)
    {
        var transport = await MailTransport.ConnectAsync(endpoint, options.Transport, cancellationToken).ConfigureAwait(false);
        return await OpenAsync(new ImapConnection(transport, endpoint, options), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins a session over a connected transport; closes it when that fails.</summary>
    internal static async Task<ImapConnection> OpenAsync(ImapConnection connection, CancellationToken cancellationToken)
    {
        var opened = false;
        try
        {
            await connection.ReadGreetingAsync(cancellationToken).ConfigureAwait(false);
            if (connection._endpoint.Tls == TlsMode.StartTls) await connection.StartTlsAsync(cancellationToken).ConfigureAwait(false);
            if (!connection._capabilitiesKnown) await connection.RefreshCapabilitiesAsync(cancellationToken).ConfigureAwait(false);
            opened = true;
            return connection;
        }
        finally
        {
            if (!opened) await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connection at once, without LOGOUT.</summary>
    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    private Task<bool> ReadGreetingAsync(CancellationToken cancellationToken) => ExclusiveAsync("greeting", Timeouts.Greeting, async () =>
    {
        await ReadResponseAsync(_shortAnswers).ConfigureAwait(false);
        var line = _response.Bytes.Written;
        var status = _response.Kind == ResponseKind.Untagged ? ImapStatusLine.TryParse(line[2..]) : null;
        if (status is not { Condition: ImapCondition.Ok or ImapCondition.PreAuth or ImapCondition.Bye })
            throw new MailServerException(MailFault.ProtocolError, "The server's greeting is not IMAP.", ServerText.Clean(line[..Math.Min(line.Length, 200)]));
        if (status.Condition == ImapCondition.Bye)
            throw new MailServerException(MailFault.Disconnected, "The server does not accept connections now.", status.Text) { Code = status.Code };
        Greeting = status.Text;
        TakeCapabilities(status);
        IsAuthenticated = status.Condition == ImapCondition.PreAuth;
        return true;
    }, cancellationToken);
}
