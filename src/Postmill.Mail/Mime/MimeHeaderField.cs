namespace Postmill.Mail.Mime;

/// <summary>One field of a header block, decoded.</summary>
/// <param name="Name">The name as written.</param>
/// <param name="Value">The value unfolded, RFC 2047 words decoded.</param>
public readonly record struct MimeHeaderField(string Name, string Value);

/// <summary>Where a field lies in the message; a value ends before its last line end and holds its folds.</summary>
internal readonly record struct FieldRange(int NameStart, int NameLength, int ValueStart, int ValueLength);
