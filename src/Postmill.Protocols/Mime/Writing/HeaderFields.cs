using System.Globalization;

namespace Postmill.Protocols.Mime.Writing;

/// <summary>Writes the fields of RFC 5322 section 3.6 from checked values.</summary>
internal sealed class HeaderFields(FieldWriter field)
{
    // A name or word up to this is written as it is; a longer one is encoded, because encoded words fold anywhere.
    private const int LongestPlain = 72;

    // A single word of ASCII as long as this still fits on a line behind any name.
    private const int LongestWord = 900;

    public void Date(DateTimeOffset date)
    {
        var zone = date.Offset;
        var sign = zone < TimeSpan.Zero ? '-' : '+';
        field.Begin("Date");
        field.Write(string.Create(CultureInfo.InvariantCulture, $" {date:ddd, d MMM yyyy HH:mm:ss} {sign}{zone.Duration():hhmm}"));
        field.End();
    }

    public void Mailboxes(string name, IReadOnlyList<MailAddress> mailboxes)
    {
        if (mailboxes.Count == 0)
            return;
        field.Begin(name);
        for (var i = 0; i < mailboxes.Count; i++)
            Mailbox(mailboxes[i], i < mailboxes.Count - 1 ? "," : "");
        field.End();
    }

    /// <summary>Unstructured text (RFC 5322 section 2.2.1), encoded where it is not plain or would lose blanks.</summary>
    public void Text(string name, string text)
    {
        field.Begin(name);
        if (!OutgoingText.IsPlain(text) || text != text.Trim(' ') || LongestRun(text) > LongestWord)
            EncodedWordWriter.Write(field, text);
        else
            Words(text);
        field.End();
    }

    /// <summary>A value machines read: folded at blanks or not at all.</summary>
    public void Structured(string name, string value, bool onOneLine)
    {
        field.Begin(name);
        if (onOneLine)
            field.Write(" " + value.Trim(' '));
        else
            Words(value.Trim(' '));
        field.End();
    }

    public void Ids(string name, IEnumerable<string> ids)
    {
        field.Begin(name);
        foreach (var id in ids)
            field.Token($"<{OutgoingText.WithoutBrackets(id)}>");
        field.End();
    }

    private void Mailbox(MailAddress mailbox, string separator)
    {
        var address = AddrSpec.OfChecked(mailbox.Address);
        var name = mailbox.Name?.Trim();
        if (!string.IsNullOrEmpty(name))
            Phrase(name);
        var bare = string.IsNullOrEmpty(name) && address.LocalPart[0] != '"' && address.Domain[0] != '[';
        field.Token((bare ? address.ToString() : $"<{address}>") + separator);
    }

    // RFC 5322 section 3.2.5. Dots are quoted: they are in obsolete phrases only.
    private void Phrase(string name)
    {
        if (!OutgoingText.IsPlain(name) || name.Length > LongestPlain)
            EncodedWordWriter.Write(field, name);
        else if (name.Split(' ').All(word => word.Length > 0 && word.All(AddrSpec.IsAtomText)))
            Words(name);
        else
            field.Token($"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
    }

    // A run of blanks goes with the word behind it, so that unfolding gives it back as it was.
    private void Words(string text)
    {
        var start = 0;
        while (start < text.Length)
        {
            var word = start;
            while (text[word] == ' ')
                word++;
            var end = text.IndexOf(' ', word);
            if (end < 0)
                end = text.Length;
            field.Token(text[start..end]);
            start = Math.Min(end + 1, text.Length);
        }
    }

    private static int LongestRun(string text) => text.Split(' ').Max(word => word.Length);
}
