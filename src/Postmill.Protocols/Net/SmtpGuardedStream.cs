using System.Globalization;
using MailKit.Net.Smtp;
using MailKit.Security;
using Postmill.Protocols.Smtp;

namespace Postmill.Protocols.Net;

/// <summary>
/// The guard of an SMTP connection. It counts the replies that are owed, so that a server that talks out of turn cannot shift an answer to a later command, listens while the content is
/// written, and knows from which write on the mail may have been accepted.
/// <code>
///   MAIL RCPT … ─► DATA ─► 354 ─► content ─► content with CRLF.CRLF ─► reply
///   ◄───── not accepted, whatever happens ────►│◄── only the server knows ──►│
///                                          HandedOver
/// </code>
/// </summary>
public sealed class SmtpGuardedStream : GuardedStream
{
    private const int ServiceClosing = 421;
    private const int DataGo = 354;

    // "MAIL FROM:" is the longest beginning that is told from others.
    private const int VerbBytes = 10;

    private readonly SmtpReplyReader _replies;
    private readonly Queue<SmtpVerb> _owed = new();
    private readonly byte[] _command = new byte[VerbBytes];
    private int _commandLength;
    private ContentEnd _end;
    private SmtpReply? _unasked;
    private Task? _listening;
    private bool _isContent;
    private bool _isAnsweredEarly;
    private int _readable;

    internal SmtpGuardedStream(MailTransport transport, ReadOnlyMemory<byte> greeting, GuardLimits? limits = null) : base(transport, greeting, limits ?? new GuardLimits())
    {
        _replies = new SmtpReplyReader(Limits);
        if (greeting.IsEmpty) _owed.Enqueue(SmtpVerb.Greeting);
    }

    /// <summary>The last reply that was owed; MailKit keeps neither the code nor all lines.</summary>
    public SmtpReply? LastReply { get; private set; }

    /// <summary>What <see cref="LastReply"/> answered.</summary>
    public SmtpVerb LastVerb { get; private set; }

    /// <summary>What the server has to answer next; null when it owes nothing.</summary>
    public SmtpVerb? Awaited => _owed.TryPeek(out var verb) ? verb : null;

    /// <summary>
    /// Whether the write that holds the end of the content (CRLF.CRLF) was begun, of the mail under way or the last one. Until then the mail was not accepted; from then on only the server
    /// knows, until its reply is read.
    /// </summary>
    public bool HandedOver { get; private set; }

    /// <summary>A refusal (4yz, 5yz) that came before the end of the content; the connection is closed then, for the rest of the content would be taken for commands.</summary>
    public SmtpReply? EarlyRefusal { get; private set; }

    private protected override int Readable => _readable;

    private protected override bool IsLeaving => Awaited == SmtpVerb.Quit;

    private protected override bool IsListening => _listening is not null;

    /// <summary>Resolves, connects, secures the connection as <paramref name="endpoint"/> says and hands it over before MailKit has read anything.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="options">How.</param>
    /// <param name="clientName">What we call ourselves in the EHLO before STARTTLS; a host name or an address literal.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <param name="limits">What the server may say; the usual limits when null.</param>
    /// <exception cref="MailServerException">What <see cref="MailTransport.ConnectAsync"/> throws; with STARTTLS also PlaintextRefused, CommandRefused, ProtocolError, LimitExceeded, TimedOut, Disconnected.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async Task<SmtpGuardedStream> ConnectAsync(MailEndpoint endpoint, MailTransportOptions options, string clientName, CancellationToken cancellationToken, GuardLimits? limits = null)
    {
        var transport = await MailTransport.ConnectAsync(endpoint, options, cancellationToken).ConfigureAwait(false);
        var opened = false;
        try
        {
            var greeting = endpoint.Tls == TlsMode.StartTls
                ? await SmtpOpening.RunAsync(transport, endpoint.AsciiHost(), clientName, limits ?? new GuardLimits(), cancellationToken).ConfigureAwait(false)
                : ReadOnlyMemory<byte>.Empty;
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
    /// <param name="endpoint">What was connected to, for MailKit's own words.</param>
    /// <param name="cancellationToken">Cancelling it closes the connection.</param>
    public Task OpenAsync(SmtpClient client, MailEndpoint endpoint, CancellationToken cancellationToken)
        => client.ConnectAsync(this, endpoint.Host, endpoint.Port, SecureSocketOptions.None, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        => _isContent ? WriteContentAsync(buffer, cancellationToken) : WriteCommandsAsync(buffer, cancellationToken);

    private protected override void Inspect(ReadOnlySpan<byte> received)
    {
        while (!received.IsEmpty)
        {
            var wasOwed = _owed.Count > 0;
            var breach = _replies.Read(received, out var taken, out var reply);
            if (breach != SmtpBreach.None) throw Broken(breach);
            received = received[taken..];
            if (wasOwed) _readable += taken;
            if (reply is null) continue;
            if (wasOwed) Take(reply);
            else _unasked ??= reply;
        }
    }

    private protected override void OnRead(int count) => _readable -= count;

    private protected override async ValueTask AwaitReadableAsync(CancellationToken cancellationToken)
    {
        if (_listening is not { } listening)
        {
            await ReceiveAsync(cancellationToken).ConfigureAwait(false);
            return;
        }
        _listening = null;
        await listening.ConfigureAwait(false);
    }

    private async ValueTask WriteCommandsAsync(ReadOnlyMemory<byte> commands, CancellationToken cancellationToken)
    {
        CheckSilence();
        var answersNothing = _owed.Count == 0;
        Owe(commands.Span);
        if (answersNothing) BeginAnswer();
        await base.WriteAsync(commands, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask WriteContentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var listening = _listening ??= ListenAsync(cancellationToken);
        if (listening.IsCompleted) await listening.ConfigureAwait(false);
        var end = _end.Find(content.Span);
        // What follows the end would be a command, and whoever wrote the content its author.
        if (end is { } octets && octets < content.Length) throw new InvalidDataException("The content holds an end of its own.");
        if (end is not null)
        {
            HandedOver = true;
            _isContent = false;
        }
        BeginStep(HandedOver ? "final dot" : "content", HandedOver ? Timeouts.DataEnd : Timeouts.DataBlock);
        try
        {
            await base.WriteAsync(content, cancellationToken).ConfigureAwait(false);
        }
        catch (MailServerException)
        {
            // The reason may be a reply. The connection is closed, so it was heard by now or never will be.
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_isAnsweredEarly) await listening.ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits for a reply while the content is written. One that comes before its end closes the connection.</summary>
    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        do await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        while (Awaited == SmtpVerb.Content);
        if (HandedOver) return;
        _isAnsweredEarly = true;
        Transport.Abort();
        var reply = LastReply!;
        if (reply.IsPositive) throw new MailServerException(MailFault.ProtocolError, $"The server answered before the content had ended: {Shown(reply)}", reply.Text);
        EarlyRefusal = reply;
        throw reply.Refusal(MailFault.CommandRefused, "The server refused the mail before its content had ended");
    }

    private void Owe(ReadOnlySpan<byte> commands)
    {
        foreach (var octet in commands)
        {
            if (octet != '\n')
            {
                if (_commandLength < _command.Length) _command[_commandLength++] = octet;
                continue;
            }
            var verb = VerbOf(_command.AsSpan(0, _commandLength));
            _commandLength = 0;
            _owed.Enqueue(verb);
            if (verb != SmtpVerb.Mail) continue;
            HandedOver = _isAnsweredEarly = false;
            EarlyRefusal = null;
        }
    }

    private void Take(SmtpReply reply)
    {
        LastVerb = _owed.Dequeue();
        LastReply = reply;
        var isAnswer = LastVerb switch
        {
            SmtpVerb.Data => reply.Code == DataGo || !reply.IsPositive && !reply.IsIntermediate,
            SmtpVerb.Mail or SmtpVerb.Rcpt or SmtpVerb.Content => !reply.IsIntermediate,
            SmtpVerb.Greeting or SmtpVerb.Other or SmtpVerb.Quit => true,
        };
        if (!isAnswer) throw Transport.Fail(MailFault.ProtocolError, $"The server answers {LastVerb} with {Shown(reply)}.");
        if (LastVerb == SmtpVerb.Data && reply.Code == DataGo)
        {
            _isContent = true;
            _end = new ContentEnd();
            _owed.Enqueue(SmtpVerb.Content);
        }
        if (LastVerb != SmtpVerb.Content) BeginAnswer();
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
    private void CheckSilence()
    {
        if (LastReply is { Code: ServiceClosing } goodbye) throw Left(goodbye);
        if (_owed.Count > 0 || Received.Length == _readable) return;
        throw _unasked is { Code: ServiceClosing } unasked ? Left(unasked) : Transport.Fail(MailFault.ProtocolError, "The server answered before it was asked.");
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
        SmtpBreach.None or SmtpBreach.Malformed => Transport.Fail(MailFault.ProtocolError, "The server's answer is not SMTP."),
    };

    private static string Shown(SmtpReply reply) => string.Create(CultureInfo.InvariantCulture, $"{reply.Code} {reply.Text}");

    private static SmtpVerb VerbOf(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("MAIL FROM:"u8)) return SmtpVerb.Mail;
        if (line.StartsWith("RCPT TO:"u8)) return SmtpVerb.Rcpt;
        if (line.SequenceEqual("DATA\r"u8)) return SmtpVerb.Data;
        return line.SequenceEqual("QUIT\r"u8) ? SmtpVerb.Quit : SmtpVerb.Other;
    }
}
