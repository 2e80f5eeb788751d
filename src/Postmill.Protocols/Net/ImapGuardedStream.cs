namespace Postmill.Protocols.Net;

/// <summary>The guard of an IMAP connection. It tells IDLE from the other commands by what MailKit writes.</summary>
public sealed class ImapGuardedStream : GuardedStream
{
    private readonly ImapScanner _scanner;
    private bool _isIdling;

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

    private protected override bool MostlyWaits => _isIdling;

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // RFC 2177: IDLE ends with our DONE, which is the next thing that is written.
        _isIdling = buffer.Span.EndsWith(" IDLE\r\n"u8) && buffer.Span.Count((byte)' ') == 1;
        _scanner.BeginAnswer();
        BeginStep(_isIdling ? "IDLE" : "command", _isIdling ? Timeouts.Idle : Timeouts.Command);
        return base.WriteAsync(buffer, cancellationToken);
    }

    private protected override void Inspect(ReadOnlySpan<byte> received)
    {
        var lines = _scanner.Lines;
        var breach = _scanner.Scan(received);
        if (breach != ImapBreach.None) throw Broken(breach);
        if (_scanner.Lines > lines) RefillBudget();
    }

    private MailServerException Broken(ImapBreach breach) => breach switch
    {
        ImapBreach.Nesting => Transport.Exceeded(MailLimit.Nesting, $"The server sent more than {Limits.Nesting} lists within each other."),
        ImapBreach.Line => Transport.Exceeded(MailLimit.Line, $"The server sent a line of more than {Limits.LineBytes} bytes."),
        ImapBreach.Answer => Transport.Exceeded(MailLimit.Answer, $"The server sent an answer of more than {Limits.AnswerBytes} bytes."),
        ImapBreach.Literal => Transport.Exceeded(MailLimit.Literal, $"The server announced a literal of more than {Limits.LiteralBytes} bytes, or a mail of more than {Limits.BodyBytes}."),
        ImapBreach.None or ImapBreach.Malformed => Transport.Fail(MailFault.ProtocolError, "The server's answer is not IMAP."),
    };
}
