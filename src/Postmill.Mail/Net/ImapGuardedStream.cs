using MailKit.Net.Imap;
using MailKit.Security;
using Postmill.Mail.Imap;

namespace Postmill.Mail.Net;

/// <summary>The guard of an IMAP connection. It tells IDLE and LOGOUT from the other commands by what MailKit writes.</summary>
public sealed class ImapGuardedStream : GuardedStream
{
    /// <summary>How many mailboxes that were left out are named.</summary>
    internal const int MostLeftOut = 100;

    private readonly List<string> _leftOut = [];
    private readonly ImapScanner _scanner;
    private readonly ImapCommandReader _commands = new();
    private bool _isLeaving;
    private bool _idles;
    private bool _skipsLineEnd;
    private bool _skips;
    private Task _writing = Task.CompletedTask;

    internal ImapGuardedStream(MailTransport transport, ReadOnlyMemory<byte> greeting, GuardLimits? limits = null) : base(transport, greeting, limits ?? new GuardLimits())
        => _scanner = new ImapScanner(Limits, isGreeted: !greeting.IsEmpty);

    /// <summary>Resolves, connects, secures the connection as <paramref name="endpoint"/> says and hands it over before MailKit has read anything.</summary>
    /// <exception cref="MailServerException">What <see cref="MailTransport.ConnectAsync"/> throws; with STARTTLS also PlaintextRefused, ProtocolError, LimitExceeded, TimedOut, Disconnected.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static async Task<ImapGuardedStream> ConnectAsync(MailEndpoint endpoint, MailTransportOptions options, CancellationToken cancellationToken, GuardLimits? limits = null)
    {
        var transport = await MailTransport.ConnectAsync(endpoint, options, cancellationToken).ConfigureAwait(false);
        var opened = false;
        try
        {
            var greeting = endpoint.Tls == TlsMode.StartTls
                ? await ImapOpening.RunAsync(transport, endpoint.AsciiHost(), cancellationToken).ConfigureAwait(false)
                : ReadOnlyMemory<byte>.Empty;
            var guarded = new ImapGuardedStream(transport, greeting, limits);
            opened = true;
            return guarded;
        }
        finally
        {
            if (!opened) await transport.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The last status response, tagged or not, cleaned and cut to <see cref="NetLimits.ServerTextLength"/> characters; MailKit hides its response code and words.</summary>
    public string LastStatus => ServerText.Clean(_scanner.LastStatus);

    /// <summary>The tagged answer to the last command that was written; null while there is none.</summary>
    internal ImapStatusLine? Answer => ImapStatusLine.OfResponse(_scanner.Tagged);

    /// <summary>The server's goodbye; null when it said none.</summary>
    internal ImapStatusLine? Bye => ImapStatusLine.OfResponse(_scanner.Bye);

    private protected override bool MostlyWaits => _commands.Verb == ImapVerb.Idle;

    private protected override bool IsLeaving => _isLeaving;

    /// <summary>Hands the connection to <paramref name="client"/>, which reads the greeting. This is the one way from MailKit to a server.</summary>
    /// <param name="client">Of MailKit, not yet connected; it closes the guard when it disconnects.</param>
    /// <param name="cancellationToken">Cancelling it closes the connection.</param>
    public Task OpenAsync(ImapClient client, CancellationToken cancellationToken) => client.ConnectAsync(this, NoHost, 0, SecureSocketOptions.None, cancellationToken);

    /// <summary>Closes the connection at once; callable from any thread.</summary>
    internal void Abort() => Transport.Abort();

    /// <summary>The next write ends with an empty line, which is left out: MimeKit separates a header that we do not have from a body that is a whole mail.</summary>
    internal void SkipLineEnd() => _skipsLineEnd = true;

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.ConfigureAwait(false);
        if (_skipsLineEnd)
        {
            if (!buffer.Span.EndsWith("\r\n"u8)) throw Transport.Fail(MailFault.ProtocolError, "The mail does not begin where it should.");
            _skipsLineEnd = false;
            buffer = buffer[..^2];
            if (buffer.IsEmpty) return;
        }
        BeginAnswer(buffer.Span);
        await base.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>For DONE alone, which MailKit writes from the callback of a token. Nothing waits for it: the next write does, and when it is lost the read of IDLE says so.</summary>
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (_commands.Verb != ImapVerb.Idle) throw new NotSupportedException();
        // MailKit uses its buffer again.
        var done = buffer.AsSpan(offset, count).ToArray();
        BeginAnswer(done);
        _writing = base.WriteAsync(done).AsTask();
    }

    /// <summary>An IDLE is to end. MailKit says DONE once the server has agreed to it; a server that has not yet must do so within <see cref="MailTimeouts.IdleDone"/>.</summary>
    internal void EndIdle()
    {
        if (_commands.Verb == ImapVerb.Idle) BeginStep("IDLE", Timeouts.IdleDone);
    }

    /// <summary>Names of mailboxes whose lines were left out because they cannot be read, one character per octet, or what the line says where it has no name; at most <see cref="MostLeftOut"/>.</summary>
    internal IReadOnlyList<string> LeftOut => _leftOut;

    /// <summary>Begins a list of mailboxes.</summary>
    internal void BeginList() => _leftOut.Clear();

    private protected override (int Passed, int Held) Inspect(Span<byte> received)
    {
        var lines = _scanner.Lines;
        var saidBye = _scanner.SaidBye;
        var passed = 0;
        var at = 0;
        while (at < received.Length)
        {
            var rest = received[at..];
            var isLeftOut = false;
            int count;
            if (_skips)
            {
                (count, isLeftOut) = (rest.IndexOf((byte)'\n') + 1, true);
                _skips = count == 0;
                if (_skips) count = rest.Length;
            }
            else if (_scanner.IsAtLineStart && ImapMailboxLine.Begins(rest) is not false)
            {
                // Judged when a line has ended: however it is cut into pieces, that costs no more than its length once or twice.
                var isGood = false;
                count = rest.Contains((byte)'\n') && ImapMailboxLine.Begins(rest) is true ? ImapMailboxLine.Measure(rest, out isGood) : 0;
                if (count == 0 && rest.Length < ImapMailboxLine.MostBytes) break;
                isLeftOut = count == 0 || !isGood;
                _skips = count == 0;
                if (_skips) count = rest.Length;
                if (isLeftOut) LeaveOut(rest[..count]);
            }
            else count = rest.Length;

            var breach = isLeftOut ? _scanner.Skip(count, ends: !_skips) : _scanner.ScanLine(rest[..count], out count);
            if (breach != ImapBreach.None) throw Broken(breach);
            if (!isLeftOut)
            {
                if (passed < at) rest[..count].CopyTo(received[passed..]);
                passed += count;
            }
            at += count;
        }

        Heard(lines, saidBye);
        if (passed < at) received[at..].CopyTo(received[passed..]);
        return (passed, received.Length - at);
    }

    private void LeaveOut(ReadOnlySpan<byte> line)
    {
        if (_leftOut.Count == MostLeftOut) return;
        var name = line.Length < ImapMailboxLine.MostBytes ? ImapMailboxLine.NameIn(line) : "";
        _leftOut.Add(name.Length is > 0 and <= ImapLimits.MailboxNameBytes && !name.Contains('\0', StringComparison.Ordinal) ? name : ServerText.Clean(line));
    }

    private void Heard(long lines, bool saidBye)
    {
        if (_scanner.SaidBye && !saidBye) BeginStep("BYE", Timeouts.Closing);
        else if (_scanner.SaidContinue && !_idles && _commands.Verb == ImapVerb.Idle && !_isLeaving) BeginIdle();
        else if (_scanner.Lines > lines && !_scanner.SaidBye && !_isLeaving) RefillBudget();
    }

    private void BeginIdle()
    {
        _idles = true;
        BeginStep("IDLE", Timeouts.Idle);
    }

    private void BeginAnswer(ReadOnlySpan<byte> command)
    {
        var isDone = _commands.Verb == ImapVerb.Idle;
        _commands.Take(command);
        _isLeaving |= _commands.Verb == ImapVerb.Logout;
        _scanner.BeginAnswer(_commands.Verb);
        _idles = false;
        // RFC 2177: IDLE ends with our DONE, which is the next thing that is written. Until the server has agreed to it, it is a command like others.
        if (_isLeaving || _scanner.SaidBye) BeginStep("LOGOUT", Timeouts.Closing);
        else if (isDone) BeginStep("DONE", Timeouts.IdleDone);
        else BeginStep("command", Timeouts.Command);
    }

    private MailServerException Broken(ImapBreach breach) => breach switch
    {
        ImapBreach.Nesting => Transport.Exceeded(MailLimit.Nesting, $"The server sent more than {Limits.Nesting} lists within each other."),
        ImapBreach.Line => Transport.Exceeded(MailLimit.Line, $"The server sent a line of more than {Limits.LineBytes} bytes, or a set of more than {Limits.SetLineBytes}."),
        ImapBreach.Answer => Transport.Exceeded(MailLimit.Answer, $"The server sent an answer of more than {Limits.AnswerBytes} bytes."),
        ImapBreach.AnswerLines => Transport.Exceeded(MailLimit.AnswerLines, $"The server sent an answer of more than {Limits.AnswerLines} lines, or {Limits.FetchLines} to FETCH or IDLE."),
        ImapBreach.Disorder => Transport.Exceeded(MailLimit.Answer, "The server sent too many numbers in no order."),
        ImapBreach.Mailboxes => Transport.Exceeded(MailLimit.AnswerLines, $"The server sent more than {Limits.Mailboxes} mailboxes."),
        ImapBreach.Literal => Transport.Exceeded(MailLimit.Literal, $"The server announced a literal of more than {Limits.LiteralBytes} bytes that nobody asked for, or a mail of more than {Limits.BodyBytes}."),
        ImapBreach.None or ImapBreach.Malformed => Transport.Fail(MailFault.ProtocolError, "The server's answer is not IMAP."),
    };
}
