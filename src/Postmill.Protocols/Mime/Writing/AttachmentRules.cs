namespace Postmill.Protocols.Mime.Writing;

/// <summary>What attachments must keep to.</summary>
internal sealed class AttachmentRules(IReadOnlyList<OutgoingAttachment> attachments, OutgoingLimits limits)
{
    public OutgoingRefusal? Check()
    {
        if (attachments.Count > limits.Attachments)
            return new OutgoingRefusal(OutgoingField.Attachments, null, $"At most {limits.Attachments} attachments.");
        for (var i = 0; i < attachments.Count; i++)
        {
            if (Fault(attachments[i]) is { } reason)
                return new OutgoingRefusal(OutgoingField.Attachments, i, reason);
        }
        return attachments.Sum(a => (decimal)a.Content.Length) > limits.MessageBytes
            ? new OutgoingRefusal(OutgoingField.Attachments, null, $"A mail has at most {limits.MessageBytes} bytes.", TooLarge: true)
            : null;
    }

    private string? Fault(OutgoingAttachment attachment)
    {
        if (attachment.FileName is { } name && (OutgoingText.HasControls(name) || name.Length > limits.FileNameChars))
            return $"A file name has at most {limits.FileNameChars} characters and no control characters.";
        if (attachment.ContentId is { } id && !OutgoingText.IsIdentifier(OutgoingText.WithoutBrackets(id), limits.IdentifierChars))
            return "A content id is ASCII without blanks or angle brackets inside.";
        if (attachment.ContentType.Length > limits.ContentTypeChars || !MediaType.TryParse(attachment.ContentType, out var type))
            return "This is no media type.";
        return type.Name.StartsWith("multipart/", StringComparison.Ordinal) ? "A multipart cannot be attached; attach its parts." : null;
    }
}
