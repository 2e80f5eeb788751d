using System.Globalization;
using System.Text;
using MailKit.Net.Smtp;
using MailKit.Security;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Net;

/// <summary>
/// The guard of an SMTP connection. MailKit reads whole replies only, one at a time, so that <see cref="LastReply"/> is always the one it has
/// just read. The replies that are owed are counted, so that a server that talks out of turn cannot shift an answer to a later command; the
/// server is listened to while the content is written; and the write is known from which on the mail may have been accepted.
/// <code>
///   MAIL RCPT … ─► DATA ─► 354 ─► content ─► content with CRLF.CRLF ─► reply
///   ◄───── not accepted, whatever happens ────►│◄── only the server knows ──►│
///                                          HandedOver
/// </code>
/// </summary>
public sealed partial class SmtpGuardedStream : GuardedStream
{
    private readonly SmtpReplyReader _reader;
    private readonly SmtpOwedReplies _owed = new();
    private readonly Queue<HeardReply> _heard = new();
    private ReadOnlyMemory<byte> _sentAhead;
    private Exception? _fault;
    private bool _isUnasked;
    private SmtpReply? _unasked;
    private int _replyOctets;
    private int _readable;

    /// <param name="transport">Connected and, where it is to be, secured.</param>
    /// <param name="greeting">What the server said before STARTTLS; null when it has yet to greet.</param>
    /// <param name="limits">What the server may say; the usual limits when null.</param>
    internal SmtpGuardedStream(MailTransport transport, SmtpReply? greeting = null, GuardLimits? limits = null)
        : base(transport, greeting is null ? default : Encoding.UTF8.GetBytes($"220 {greeting.Text}\r\n"), limits ?? new GuardLimits())
    {
        _reader = new SmtpReplyReader(Limits);
        Greeting = greeting?.Text ?? "";
        if (greeting is null) _owed.Add(SmtpVerb.Greeting);
    }

    /// <summary>The server's greeting, cleaned; for the log.</summary>
    public string Greeting { get; private set; }

    /// <summary>The reply that MailKit read last; of many it keeps neither the code nor all lines.</summary>
    public SmtpReply? LastReply { get; private set; }

    /// <summary>What <see cref="LastReply"/> answered.</summary>
    public SmtpVerb LastVerb { get; private set; }

    /// <summary>What the server has to answer next; null when it owes nothing.</summary>
    public SmtpVerb? Awaited => _owed.Next;

    /// <summary>What no text of the server may show from now on.</summary>
    internal SmtpSecrets? Secrets { get; set; }

    private protected override int Readable => _readable;

    /// <summary>Resolves, connects, secures the connection as <paramref name="endpoint"/> says and hands it over before MailKit has read anything.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="options">How.</param>
    /// <param name="clientName">What we call ourselves in the EHLO before STARTTLS; a host name or an address literal.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="limits">What the server may say; the usual limits when null.</param>
    /// <exception cref="MailServerException">
    /// What <see cref="MailTransport.ConnectAsync"/> throws; with STARTTLS also PlaintextRefused, CommandRefused, ProtocolError, LimitExceeded,
    /// TimedOut, Disconnected.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async Task<SmtpGuardedStream> ConnectAsync(
        MailEndpoint endpoint, MailTransportOptions options, string clientName, CancellationToken cancellationToken, GuardLimits? limits = null)
    {
        var transport = await MailTransport.ConnectAsync(endpoint, options, cancellationToken).ConfigureAwait(false);
        return await OpenAsync(transport, endpoint, clientName, cancellationToken, limits).ConfigureAwait(false);
    }

    /// <summary>As <see cref="ConnectAsync"/>, on a connection that is there already.</summary>
    internal static async Task<SmtpGuardedStream> OpenAsync(
        MailTransport transport, MailEndpoint endpoint, string clientName, CancellationToken cancellationToken, GuardLimits? limits = null)
    {
        limits ??= new GuardLimits();
        var opened = false;
        try
        {
            var greeting = endpoint.Tls == TlsMode.StartTls
                ? await SmtpOpening.RunAsync(transport, endpoint.AsciiHost(), clientName, limits, cancellationToken).ConfigureAwait(false)
                : null;
            var guarded = new SmtpGuardedStream(transport, greeting, limits);
            opened = true;
            return guarded;
        }
        finally
        {
            if (!opened) await transport.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Hands the connection to <paramref name="client"/>, which reads the greeting. This is the one way from MailKit to a server.</summary>
    /// <param name="client">Of MailKit, not yet connected; it closes the guard when it disconnects.</param>
    /// <param name="cancellationToken">Cancelling it closes the connection.</param>
    public Task OpenAsync(SmtpClient client, CancellationToken cancellationToken) => client.ConnectAsync(this, NoHost, 0, SecureSocketOptions.None, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_sentAhead.IsEmpty)
        {
            PassOver(buffer.Span);
            return ValueTask.CompletedTask;
        }
        return _isContent ? WriteContentAsync(buffer, cancellationToken) : WriteCommandsAsync(buffer, cancellationToken);
    }

    /// <summary>
    /// Writes octets of which MailKit is to write the last ones, too, line by line, as it asks for their replies: these do not go out again. So
    /// an envelope goes out in one write (RFC 2920), and the end of a content together with its last lines.
    /// </summary>
    internal async ValueTask WriteAheadAsync(ReadOnlyMemory<byte> octets, int ahead, CancellationToken cancellationToken)
    {
        // What is left of a session that broke.
        _sentAhead = default;
        await WriteAsync(octets, cancellationToken).ConfigureAwait(false);
        _sentAhead = octets[^ahead..].ToArray();
    }

    /// <summary>Closes the connection at once; whatever waits ends with a fault.</summary>
    internal void Abort() => Transport.Abort();

    /// <summary>Closes the connection and makes the exception to throw.</summary>
    internal MailServerException Fail(MailFault fault, string message) => Transport.Fail(fault, message);

    private protected override (int Passed, int Held) Inspect(Span<byte> received)
    {
        Judge(received);
        return (received.Length, 0);
    }

    private void Judge(ReadOnlySpan<byte> received)
    {
        while (!received.IsEmpty && _fault is null)
        {
            if (_replyOctets == 0 && _owed.Count == 0) _isUnasked = true;
            var breach = _reader.Read(received, out var taken, out var reply);
            received = received[taken..];
            _replyOctets += taken;
            // Replies before the fault are still read; it is thrown when there is none left.
            if (breach != SmtpBreach.None) _fault = Broken(breach);
            else if (_replyOctets > SmtpLimits.ReplyBytes)
                _fault = Transport.Exceeded(MailLimit.Answer, $"The server sent a reply of more than {SmtpLimits.ReplyBytes} bytes.");
            if (_fault is not null || reply is null) continue;
            if (Secrets is { } secrets) reply = reply with { Lines = secrets.Clean(reply.Lines) };
            if (_isUnasked) _unasked ??= reply;
            else Take(reply);
            _replyOctets = 0;
        }
    }

    private protected override void OnRead(int count)
    {
        _readable -= count;
        if (_readable > 0) return;
        (LastVerb, LastReply, _) = _heard.Dequeue();
        if (LastVerb == SmtpVerb.Greeting) Greeting = LastReply.Text;
        if (_heard.TryPeek(out var next)) _readable = next.Octets;
    }

    private protected override async ValueTask AwaitReadableAsync(CancellationToken cancellationToken)
    {
        if (_listening is { } listening)
        {
            await listening.ConfigureAwait(false);
            _listening = null;
            return;
        }
        if (_fault is not null) throw _fault;
        await ReceiveAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WriteCommandsAsync(ReadOnlyMemory<byte> commands, CancellationToken cancellationToken)
    {
        CheckTurn(commands.Span);
        var answersNothing = _owed.Count == 0;
        if (_owed.AddCommands(commands.Span))
        {
            HandedOver = false;
            EarlyRefusal = null;
        }
        if (answersNothing) BeginAnswer();
        await base.WriteAsync(commands, cancellationToken).ConfigureAwait(false);
    }

    private void PassOver(ReadOnlySpan<byte> again)
    {
        if (!_sentAhead.Span.StartsWith(again)) throw new InvalidOperationException("Something else was sent ahead.");
        _sentAhead = _sentAhead[again.Length..];
    }

    private void Take(SmtpReply reply)
    {
        if (!_owed.TryTake(reply, out var verb))
        {
            _fault = Transport.Fail(MailFault.ProtocolError, $"The server answers {verb} with {Shown(reply)}.");
            return;
        }
        _heard.Enqueue(new HeardReply(verb, reply, _replyOctets));
        if (_heard.Count == 1) _readable = _replyOctets;
        if (verb == SmtpVerb.Data && reply.IsIntermediate)
        {
            _isContent = true;
            _end = new ContentEnd();
            _owed.Add(SmtpVerb.Content);
        }
        if (verb != SmtpVerb.Content) BeginAnswer();
    }

    private void BeginAnswer()
    {
        if (Awaited is not { } verb) return;
        BeginStep(verb.ToString(), verb switch
        {
            SmtpVerb.Greeting => Timeouts.Greeting,
            SmtpVerb.Other => Timeouts.Command,
            SmtpVerb.Mail => Timeouts.Mail,
            SmtpVerb.Rcpt => Timeouts.Rcpt,
            SmtpVerb.Data => Timeouts.Data,
            SmtpVerb.Content => Timeouts.DataBlock,
            SmtpVerb.Quit => Timeouts.Closing,
        });
    }

    // RFC 5321 section 3.8: only 421 may come unasked, and after a 421 nothing is answered.
    private void CheckTurn(ReadOnlySpan<byte> commands)
    {
        if (_fault is not null) throw _fault;
        if (LastReply is { Code: SmtpReply.ServiceClosing } goodbye) throw Left(goodbye);
        if (_unasked is { Code: SmtpReply.ServiceClosing } unasked) throw Left(unasked);
        if (_isUnasked) throw Transport.Fail(MailFault.ProtocolError, "The server answered before it was asked.");
        // MailKit says HELO after any refusal of EHLO; with a server that is only busy now, the whole session would be without AUTH.
        if (LastReply is not { IsPermanent: false } refused || !commands.StartsWith("HELO "u8)) return;
        Transport.Abort();
        throw refused.Refusal(MailFault.CommandRefused, "The server refused EHLO");
    }

    private MailServerException Left(SmtpReply goodbye)
    {
        Transport.Abort();
        return goodbye.Refusal(MailFault.Disconnected, "The server ends the session");
    }

    private MailServerException Broken(SmtpBreach breach) => breach switch
    {
        SmtpBreach.Line => Transport.Exceeded(MailLimit.Line, $"The server sent a line of more than {Limits.ReplyLineBytes} bytes."),
        SmtpBreach.Lines => Transport.Exceeded(MailLimit.ReplyLines, $"The server sent a reply of more than {Limits.ReplyLines} lines."),
        SmtpBreach.None or SmtpBreach.Malformed => Transport.Fail(MailFault.ProtocolError, $"The server's answer is not SMTP: {LastLine()}"),
    };

    private string LastLine() => ServerText.Clean((Secrets?.Clean(_reader.Lines) ?? _reader.Lines)[^1]);

    private static string Shown(SmtpReply reply) => string.Create(CultureInfo.InvariantCulture, $"{reply.Code} {reply.Text}");

    /// <summary>A whole reply that MailKit has yet to read, and its octets.</summary>
    private readonly record struct HeardReply(SmtpVerb Verb, SmtpReply Reply, int Octets);
}
