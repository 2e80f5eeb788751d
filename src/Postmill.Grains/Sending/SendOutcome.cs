using Postmill.Domain.Jobs;

namespace Postmill.Grains.Sending;

/// <summary>How handing in a mail ended; closed.</summary>
public abstract record SendOutcome
{
    private SendOutcome() { }

    /// <param name="IsRepeat">It was handed in before, with the same idempotency key; nothing new was written.</param>
    public sealed record Done(Job Job, Guid EmailId, string MessageId, bool IsRepeat) : SendOutcome;

    /// <summary>No such connected account of this user.</summary>
    public sealed record NotFound : SendOutcome;

    /// <summary>The author is somebody else than the account.</summary>
    public sealed record NotTheAccount(string Account) : SendOutcome;

    /// <summary>The idempotency key was used for another mail.</summary>
    public sealed record KeyReused : SendOutcome;

    /// <summary>These recipients are on the user's suppression list.</summary>
    public sealed record Suppressed(IReadOnlyList<string> Addresses) : SendOutcome;

    public sealed record TooLarge(string Text) : SendOutcome;

    /// <summary>It cannot be a mail.</summary>
    /// <param name="Field">Of the draft: from, sender, to, cc, bcc, reply_to, subject, in_reply_to, references, text, html, attachments, headers.</param>
    /// <param name="Index">Which entry of a list; null where the field is none.</param>
    public sealed record Invalid(string Field, int? Index, string Text) : SendOutcome;
}
