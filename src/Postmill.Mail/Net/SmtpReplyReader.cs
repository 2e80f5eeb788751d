using System.Text;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Net;

/// <summary>What <see cref="SmtpReplyReader"/> found wrong.</summary>
internal enum SmtpBreach
{
    None,
    Malformed,
    Line,
    Lines,
}

/// <summary>Puts the replies of an SMTP server together (RFC 5321 section 4.2), whatever pieces they come in.</summary>
internal sealed class SmtpReplyReader(GuardLimits limits)
{
    private readonly MailLineBuffer _line = new();
    private List<string> _lines = new(1);
    private int _code;

    /// <summary>The lines of the reply under way, the one that was found wrong as the last.</summary>
    public IReadOnlyList<string> Lines => [.. _lines, Encoding.UTF8.GetString(_line.Written)];

    /// <summary>Takes octets up to the end of a reply, or all of them.</summary>
    /// <param name="octets">What was received and not yet taken.</param>
    /// <param name="taken">How many were taken.</param>
    /// <param name="reply">The reply that ended with them, if one did.</param>
    public SmtpBreach Read(ReadOnlySpan<byte> octets, out int taken, out SmtpReply? reply)
    {
        taken = 0;
        reply = null;
        while (taken < octets.Length)
        {
            var rest = octets[taken..];
            var end = rest.IndexOf((byte)'\n');
            var part = end < 0 ? rest : rest[..end];
            // One more for a CR.
            if (_line.Length + part.Length > limits.ReplyLineBytes + 1) return SmtpBreach.Line;
            _line.Append(part);
            taken += part.Length;
            if (end < 0) break;
            taken++;
            if (EndLine(out reply) is var breach and not SmtpBreach.None) return breach;
            if (reply is not null) break;
        }
        return SmtpBreach.None;
    }

    private SmtpBreach EndLine(out SmtpReply? reply)
    {
        reply = null;
        var text = _line.Written;
        if (text is [.., (byte)'\r']) text = text[..^1];
        if (text.Length > limits.ReplyLineBytes) return SmtpBreach.Line;
        if (SmtpReplyLine.Parse(text) is not { } line || _lines.Count > 0 && line.Code != _code) return SmtpBreach.Malformed;
        _line.Clear();
        if (_lines.Count == limits.ReplyLines) return SmtpBreach.Lines;
        _code = line.Code;
        _lines.Add(line.Text);
        if (!line.IsLast) return SmtpBreach.None;
        reply = new SmtpReply(line.Code, _lines);
        _lines = new List<string>(1);
        return SmtpBreach.None;
    }
}
