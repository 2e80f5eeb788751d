namespace Postmill.Protocols.Smtp;

/// <summary>What we take from an SMTP server, and how much we send at once.</summary>
public static class SmtpLimits
{
    /// <summary>Bytes of one reply line without its ending. RFC 5321 section 4.5.3.1.5 says 512; servers that put policy texts there send some thousands.</summary>
    public const int ReplyLineBytes = 8 * 1024;

    /// <summary>Lines of one reply. The longest EHLO answers have about 30; some greetings carry a legal text of 100.</summary>
    public const int ReplyLines = 256;

    /// <summary>Bytes of all lines of one reply.</summary>
    public const int ReplyBytes = 64 * 1024;

    /// <summary>Bytes of a command line with its CRLF that every server takes (RFC 5321 section 4.5.3.1.4). A longer initial response waits for its 334.</summary>
    public const int CommandLineBytes = 512;

    /// <summary>Bytes of one line of an AUTH exchange with its CRLF (RFC 4954 section 4).</summary>
    public const int AuthLineBytes = 12 * 1024;

    /// <summary>Challenges (334) answered in one AUTH exchange; LOGIN has two.</summary>
    public const int AuthChallenges = 3;
}
