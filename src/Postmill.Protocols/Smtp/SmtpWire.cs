using System.Globalization;
using System.Text;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Smtp;

/// <summary>
/// Command lines out, replies in. Lines may be queued and flushed together and their replies read after, in order (RFC 2920); the
/// number of replies still owed is counted, so that a server that talks out of turn cannot shift answers to later commands.
/// </summary>
internal sealed class SmtpWire(MailTransport transport)
{
    public const int ServiceClosing = 421;

    private const int Challenge = 334;

    private readonly MailLineBuffer _out = new();
    private readonly MailLineBuffer _line = new();
    private int _lineStart;
    private int _owed;

    public MailTransport Transport => transport;

    /// <summary>What no text of the server may show from now on.</summary>
    public SmtpSecrets? Secrets { get; set; }

    /// <summary>Whether a 334 is a message of the login, which is answered and never shown, and so must stay as it is: a short password is in it by chance.</summary>
    public bool IsLoggingIn { get; set; }

    /// <summary>Begins the step of one command or exchange with its waiting budget.</summary>
    public MailStep Begin(string name, TimeSpan limit, CancellationToken ct) => transport.BeginStep(name, limit, ct);

    public MailStep Begin(string name, CancellationToken ct) => Begin(name, transport.Options.Timeouts.Command, ct);

    /// <summary>Adds a line that one reply answers.</summary>
    public void Queue(string line, int maxBytes = SmtpLimits.CommandLineBytes)
    {
        if (!Ascii.IsValid(line)) throw new ArgumentException("Not a line of ASCII.", nameof(line));
        Put(line);
        EndLine(maxBytes);
    }

    /// <summary>Adds to the line that <see cref="EndLine"/> ends.</summary>
    public void Put(ReadOnlySpan<byte> bytes) => _out.Append(bytes);

    /// <summary>Adds text in UTF-8.</summary>
    public void Put(string text)
    {
        var room = _out.Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        _out.Advance(Encoding.UTF8.GetBytes(text, room.Span));
    }

    public void Put(long number)
    {
        const int digits = 20;
        number.TryFormat(_out.Reserve(digits).Span, out var written, default, CultureInfo.InvariantCulture);
        _out.Advance(written);
    }

    /// <summary>Ends a line that one reply answers.</summary>
    public void EndLine(int maxBytes)
    {
        // Whoever builds a line from someone's words has to refuse these before; here they would become commands of their own.
        var line = _out.Written[_lineStart..];
        var isOne = !line.ContainsAny((byte)'\r', (byte)'\n', (byte)'\0') && line.Length + 2 <= maxBytes;
        if (isOne) _out.Append("\r\n"u8);
        else _out.Truncate(_lineStart);
        _lineStart = _out.Length;
        if (!isOne) throw new ArgumentException($"Not one line of at most {maxBytes} bytes.");
        _owed++;
    }

    /// <summary>Bytes that wait to be flushed.</summary>
    public int Queued => _out.Length;

    public async ValueTask FlushAsync()
    {
        await transport.WriteAsync(_out.WrittenMemory).ConfigureAwait(false);
        _out.Clear();
        _lineStart = 0;
    }

    /// <summary>One line out, its reply in.</summary>
    public async ValueTask<SmtpReply> AskAsync(string line, int maxBytes = SmtpLimits.CommandLineBytes)
    {
        await CheckSilenceAsync().ConfigureAwait(false);
        Queue(line, maxBytes);
        await FlushAsync().ConfigureAwait(false);
        return await ReadAsync().ConfigureAwait(false);
    }

    /// <summary>The greeting, which answers no line.</summary>
    public ValueTask<SmtpReply> ReadGreetingAsync()
    {
        _owed++;
        return ReadAsync();
    }

    /// <summary>The next reply.</summary>
    /// <exception cref="MailServerException">421 is Disconnected, RFC 5321 section 3.8: the server ends the session, whatever was asked.</exception>
    public async ValueTask<SmtpReply> ReadAsync()
    {
        var reply = await ReadAnyAsync().ConfigureAwait(false);
        return reply.Code == ServiceClosing ? throw reply.Refusal(MailFault.Disconnected, "The server ends the session") : reply;
    }

    /// <summary>The next reply, for who tells a 421 from a connection that broke; it closes the session all the same.</summary>
    public async ValueTask<SmtpReply> ReadAnyAsync()
    {
        var reply = await ReadWholeAsync().ConfigureAwait(false);
        _owed--;
        if (reply.Code == ServiceClosing) transport.Abort();
        return reply;
    }

    /// <summary>The reply to bytes that were or will be sent past <see cref="EndLine"/>.</summary>
    public ValueTask<SmtpReply> ReadContentReplyAsync()
    {
        _owed++;
        return ReadAnyAsync();
    }

    /// <summary>Before a command: the server must have nothing to say.</summary>
    public async ValueTask CheckSilenceAsync()
    {
        if (_owed > 0 || transport.Input.Buffered == 0) return;
        // Only 421 may come unasked (RFC 5321 section 3.8); reading it tells why the server leaves.
        await ReadGreetingAsync().ConfigureAwait(false);
        throw transport.Fail(MailFault.ProtocolError, "The server answered before it was asked.");
    }

    private async ValueTask<SmtpReply> ReadWholeAsync()
    {
        var lines = new List<string>(1);
        var code = 0;
        for (var bytes = 0; lines.Count < SmtpLimits.ReplyLines && bytes <= SmtpLimits.ReplyBytes;)
        {
            _line.Clear();
            await transport.Input.ReadLineAsync(_line, SmtpLimits.ReplyLineBytes + 1).ConfigureAwait(false);
            bytes += _line.Length;
            if (SmtpReplyLine.Parse(_line.Written) is not { } line)
                throw transport.Fail(MailFault.ProtocolError, $"The server's answer is not SMTP: {Shown([.. lines, Encoding.UTF8.GetString(_line.Written)])}");
            if (lines.Count > 0 && line.Code != code) throw transport.Fail(MailFault.ProtocolError, "The lines of one reply have different codes.");
            code = line.Code;
            lines.Add(line.Text);
            if (line.IsLast) return new SmtpReply(code, IsLoggingIn && code == Challenge ? lines : Secrets?.Clean(lines) ?? lines);
        }
        throw transport.Fail(MailFault.LimitExceeded, "The server's reply is too long.");
    }

    private string Shown(IReadOnlyList<string> lines) => ServerText.Clean((Secrets?.Clean(lines) ?? lines)[^1]);
}
