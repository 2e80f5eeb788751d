namespace Postmill.Mail.Mime.Writing;

/// <summary>Which part of an <see cref="OutgoingMessage"/> a refusal is about.</summary>
public enum OutgoingField
{
    /// <summary><see cref="OutgoingMessage.From"/>.</summary>
    From,

    /// <summary><see cref="OutgoingMessage.Sender"/>.</summary>
    Sender,

    /// <summary><see cref="OutgoingMessage.To"/>.</summary>
    To,

    /// <summary><see cref="OutgoingMessage.Cc"/>.</summary>
    Cc,

    /// <summary><see cref="OutgoingMessage.ReplyTo"/>.</summary>
    ReplyTo,

    /// <summary><see cref="OutgoingMessage.Subject"/>.</summary>
    Subject,

    /// <summary><see cref="OutgoingMessage.MessageId"/>.</summary>
    MessageId,

    /// <summary><see cref="OutgoingMessage.InReplyTo"/>.</summary>
    InReplyTo,

    /// <summary><see cref="OutgoingMessage.References"/>.</summary>
    References,

    /// <summary><see cref="OutgoingMessage.Text"/>.</summary>
    Text,

    /// <summary><see cref="OutgoingMessage.Html"/>.</summary>
    Html,

    /// <summary><see cref="OutgoingMessage.Attachments"/>.</summary>
    Attachments,

    /// <summary><see cref="OutgoingMessage.Headers"/>.</summary>
    Headers,

    /// <summary>The mail as a whole: its size.</summary>
    Message,
}
