using System.Text;

namespace Postmill.Testing.Samples;

/// <summary>Sentences, and the transfer encodings and encoded words they travel in.</summary>
internal static class SampleText
{
    // An encoded word may have 75 characters; 12 characters of any script fit into one.
    private const int WordCharacters = 12, LineBytes = 57, QuotedLineLength = 73;
    private static readonly byte[] Hex = "0123456789ABCDEF"u8.ToArray();

    public static string Sentence(Random random, SampleLanguage language, int words) =>
        string.Join(' ', Enumerable.Range(0, words).Select(_ => language.Words[random.Next(language.Words.Length)]));

    public static string Paragraphs(Random random, SampleLanguage language, int characters)
    {
        var text = new StringBuilder(characters + 200);
        var line = 0;
        while (text.Length < characters)
        {
            var word = language.Words[random.Next(language.Words.Length)];
            text.Append(word);
            line += word.Length + 1;
            if (random.Next(60) == 0) text.Append(".\r\n\r\n");
            else if (line > 68) text.Append("\r\n");
            else { text.Append(' '); continue; }
            line = 0;
        }
        return text.Append("\r\n").ToString();
    }

    public static string Base64(Random random, int bytes)
    {
        var raw = new byte[bytes];
        random.NextBytes(raw);
        return Convert.ToBase64String(raw);
    }

    /// <summary>RFC 2047, B encoding; text that is ASCII stays as it is.</summary>
    public static string EncodedWords(string text, SampleLanguage language)
    {
        if (text.All(char.IsAscii)) return text;
        var words = text.Chunk(WordCharacters).Select(part => $"=?{language.Charset}?B?{Convert.ToBase64String(language.Encoding.GetBytes(part))}?=");
        return string.Join("\r\n ", words);
    }

    public static void Encode(MemoryStream to, ReadOnlySpan<byte> content, string transferEncoding)
    {
        switch (transferEncoding)
        {
            case "base64": EncodeBase64(to, content); break;
            case "quoted-printable": EncodeQuotedPrintable(to, content); break;
            default: to.Write(content); break;
        }
    }

    private static void EncodeBase64(MemoryStream to, ReadOnlySpan<byte> content)
    {
        Span<byte> line = stackalloc byte[80];
        for (; !content.IsEmpty; content = content[Math.Min(LineBytes, content.Length)..])
        {
            System.Buffers.Text.Base64.EncodeToUtf8(content[..Math.Min(LineBytes, content.Length)], line, out _, out var written);
            to.Write(line[..written]);
            to.Write("\r\n"u8);
        }
    }

    private static void EncodeQuotedPrintable(MemoryStream to, ReadOnlySpan<byte> content)
    {
        var column = 0;
        for (var i = 0; i < content.Length; i++)
        {
            var b = content[i];
            var lineEnd = b is (byte)'\r' or (byte)'\n';
            var plain = lineEnd || b is >= 33 and <= 126 and not (byte)'=' || (b == ' ' && i + 1 < content.Length && content[i + 1] != '\r');
            if (!lineEnd && column > QuotedLineLength - (plain ? 0 : 2))
            {
                to.Write("=\r\n"u8);
                column = 0;
            }
            if (plain) to.WriteByte(b);
            else to.Write([(byte)'=', Hex[b >> 4], Hex[b & 15]]);
            column = lineEnd ? 0 : column + (plain ? 1 : 3);
        }
    }
}
