using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Postmill.Mail.Mime.Writing;

/// <summary>Which further fields a mail may have. What the composer, the relays or a signature write is not the caller's to write.</summary>
internal sealed class HeaderRules(IReadOnlyList<MimeHeaderField> headers, OutgoingLimits limits)
{
    // RFC 5322 section 3.6.8: printable ASCII but the colon.
    private static readonly SearchValues<char> NameChars = SearchValues.Create([.. Enumerable.Range(33, 94).Select(c => (char)c).Where(c => c != ':')]);

    private static readonly FrozenSet<string> Reserved = FrozenSet.ToFrozenSet(
        [
            "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "MIME-Version",
            "Return-Path", "Received", "Received-SPF", "Delivered-To", "Envelope-To", "Authentication-Results", "DKIM-Signature", "DomainKey-Signature",
            "Errors-To", "Apparently-To", "Return-Receipt-To",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly string[] ReservedFamilies = ["Content-", "Resent-", "ARC-"];

    public OutgoingRefusal? Check()
    {
        if (headers.Count > limits.Headers || headers.Sum(h => (long)h.Name.Length + h.Value.Length) > limits.HeadersChars)
            return new OutgoingRefusal(OutgoingField.Headers, null, $"must be at most {limits.Headers} of {limits.HeadersChars} characters together");
        for (var i = 0; i < headers.Count; i++)
        {
            if ((NameFault(headers[i].Name) ?? ValueFault(headers[i])) is { } reason)
                return new OutgoingRefusal(OutgoingField.Headers, i, reason);
        }
        return null;
    }

    /// <summary>Fields whose values machines read: no encoded words there.</summary>
    public static bool IsStructured(string name) =>
        IsOnOneLine(name) || Is(name, "Auto-Submitted") || Is(name, "Precedence") || Is(name, "Feedback-ID") || Is(name, "Importance") || Is(name, "Priority");

    /// <summary>List-Unsubscribe and its like: receivers that look at them want them unfolded.</summary>
    public static bool IsOnOneLine(string name) => name.StartsWith("List-", StringComparison.OrdinalIgnoreCase) && !Is(name, "List-Id");

    private string? NameFault(string name)
    {
        if (name.Length == 0 || name.Length > limits.HeaderNameChars || name.AsSpan().ContainsAnyExcept(NameChars))
            return $"must have a name of printable ASCII without blanks and colons, of at most {limits.HeaderNameChars} characters";
        return Reserved.Contains(name) || ReservedFamilies.Any(f => name.StartsWith(f, StringComparison.OrdinalIgnoreCase))
            ? $"must not be {name}: that field is written by the service, or by servers on the way"
            : null;
    }

    private string? ValueFault(MimeHeaderField header)
    {
        var value = header.Value;
        if (OutgoingText.HasControls(value))
            return $"must have no control character in the value of {header.Name}";
        if (value.Length > limits.HeaderValueChars)
            return $"must have at most {limits.HeaderValueChars} characters in the value of {header.Name}";
        if (value.AsSpan().Trim(' ').IsEmpty)
            return $"must have a value for {header.Name}";
        if (!IsStructured(header.Name))
            return null;
        if (!Ascii.IsValid(value))
            return $"must have ASCII as the value of {header.Name}";
        var longest = IsOnOneLine(header.Name) ? value.Length : value.Split(' ').Max(word => word.Length);
        return header.Name.Length + 2 + longest > WireFormat.LineOctets ? $"must have a value of {header.Name} that fits on a line" : null;
    }

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
