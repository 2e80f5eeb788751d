namespace Postmill.Mail.Mime.Writing;

/// <summary>What attachments must keep to.</summary>
internal sealed class AttachmentRules(IReadOnlyList<OutgoingAttachment> attachments, OutgoingLimits limits)
{
    public OutgoingRefusal? Check()
    {
        if (attachments.Count > limits.Attachments)
            return new OutgoingRefusal(OutgoingField.Attachments, null, $"must be at most {limits.Attachments}");
        for (var i = 0; i < attachments.Count; i++)
        {
            if (Fault(attachments[i]) is { } reason)
                return new OutgoingRefusal(OutgoingField.Attachments, i, reason);
        }
        return attachments.Sum(a => (decimal)a.Content.Length) > limits.MessageBytes
            ? new OutgoingRefusal(OutgoingField.Attachments, null, $"the attachments alone have more than {limits.MessageBytes} bytes", TooLarge: true)
            : null;
    }

    private string? Fault(OutgoingAttachment attachment)
    {
        if (attachment.FileName is { } name && (OutgoingText.HasControls(name) || name.Length > limits.FileNameChars))
            return $"must have a file name of at most {limits.FileNameChars} characters without control characters";
        if (attachment.ContentId is { } id && !OutgoingText.IsIdentifier(OutgoingText.WithoutBrackets(id), limits.IdentifierChars))
            return "must have a content id of ASCII without blanks or angle brackets inside";
        if (attachment.ContentType.Length > limits.ContentTypeChars || !MediaType.TryParse(attachment.ContentType, out var type))
            return "must have a media type as content type";
        return type.Name.StartsWith("multipart/", StringComparison.Ordinal) ? "must not be a multipart; attach its parts" : null;
    }
}
