namespace Postmill.Mail.Reports;

/// <summary>
/// What a report says about the mail it is about. None of it is proof: anybody can write a report about a mail that was never sent, so a caller acts
/// only on a Message-ID or envelope id that it sent itself, to that recipient.
/// </summary>
public sealed record OriginalMail
{
    /// <summary>A report that tells nothing.</summary>
    public static OriginalMail Unknown { get; } = new();

    /// <summary>Message-IDs without angle brackets, most likely first: of the enclosed mail or headers, of quoted headers, of In-Reply-To.</summary>
    public IReadOnlyList<string> MessageIds { get; init; } = [];

    /// <summary>The envelope id given with MAIL (RFC 3461 section 4.4).</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>The address it came from.</summary>
    public string? From { get; init; }

    /// <summary>The addresses in its To.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>Its subject, decoded.</summary>
    public string? Subject { get; init; }
}
