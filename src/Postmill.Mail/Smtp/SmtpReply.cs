using System.Globalization;
using Postmill.Mail.Net;

namespace Postmill.Mail.Smtp;

/// <summary>One reply of the server, RFC 5321 section 4.2.</summary>
/// <param name="Code">200 to 599; the first digit says what it means.</param>
/// <param name="Lines">The texts of its lines, at least one, in the order of the wire, not cleaned; see <see cref="GuardLimits"/> for their bounds.</param>
public sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>421: the server ends the session, whatever was asked (RFC 5321 section 3.8).</summary>
    internal const int ServiceClosing = 421;

    /// <summary>2yz: done.</summary>
    public bool IsPositive => Code / 100 == 2;

    /// <summary>3yz: the server waits for more.</summary>
    public bool IsIntermediate => Code / 100 == 3;

    /// <summary>4yz: refused now, perhaps not later.</summary>
    public bool IsTransient => Code / 100 == 4;

    /// <summary>5yz: refused for good.</summary>
    public bool IsPermanent => Code / 100 == 5;

    /// <summary>4yz or 5yz.</summary>
    internal bool IsRefusal => IsTransient || IsPermanent;

    /// <summary>The enhanced status code, if the first line has one.</summary>
    public SmtpEnhancedStatus? Status => SmtpEnhancedStatus.Parse(Lines[0], Code);

    /// <summary>All texts as one line fit for a log: cleaned and cut to <see cref="NetLimits.ServerTextLength"/> characters.</summary>
    public string Text => ServerText.Clean(string.Join(' ', Lines));

    /// <summary>What to throw for this reply.</summary>
    /// <param name="fault">What it means to the caller.</param>
    /// <param name="message">A sentence without its full stop; code and text of the reply follow it.</param>
    internal MailServerException Refusal(MailFault fault, string message)
    {
        var code = Code.ToString(CultureInfo.InvariantCulture);
        return new MailServerException(fault, $"{message}: {code} {Text}".TrimEnd(), Text) { Code = code };
    }
}
