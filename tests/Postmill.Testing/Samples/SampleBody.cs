using System.Text;

namespace Postmill.Testing.Samples;

/// <summary>The body of a sample mail. Shares and sizes are what makes 20,000 mails about 175 MB.</summary>
internal static class SampleBody
{
    private static readonly (string Type, string Extension)[] Files = [("application/pdf", "pdf"), ("image/png", "png"), ("image/jpeg", "jpg"), ("text/csv", "csv"), ("application/zip", "zip")];

    public static void Write(MemoryStream mail, Random random, SampleThread thread)
    {
        switch (random.Next(1000))
        {
            case < 500: Text(mail, random, thread.Language, "plain", random.Next(200, 2_500)); break;
            case < 750: Alternative(mail, random, thread.Language, random.Next(500, 1_900)); break;
            case < 900: Text(mail, random, thread.Language, "html", random.Next(2_000, 7_000)); break;
            case < 990: WithAttachments(mail, random, thread.Language, random.Next(3_000, 29_000)); break;
            default: WithAttachments(mail, random, thread.Language, random.Next(50_000, 150_000)); break;
        }
    }

    private static void Text(MemoryStream mail, Random random, SampleLanguage language, string subtype, int characters)
    {
        Write(mail, $"Content-Type: text/{subtype}; charset={language.Charset}\r\nContent-Transfer-Encoding: {language.TransferEncoding}\r\n\r\n");
        var text = SampleText.Paragraphs(random, language, characters);
        if (subtype == "html")
            text = $"<html><head><title>{language.Words[0]}</title><style>p {{ color: #333; }}</style></head><body>\r\n<p>{text.Replace("\r\n\r\n", "</p>\r\n<p style=\"margin: 1em\">", StringComparison.Ordinal)}</p>\r\n</body></html>\r\n";
        SampleText.Encode(mail, language.Encoding.GetBytes(text), language.TransferEncoding);
    }

    private static void Alternative(MemoryStream mail, Random random, SampleLanguage language, int characters)
    {
        var boundary = $"=_alt_{random.Next():x8}";
        Write(mail, $"Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n");
        Write(mail, $"--{boundary}\r\n");
        Text(mail, random, language, "plain", characters);
        Write(mail, $"\r\n--{boundary}\r\n");
        Text(mail, random, language, "html", characters * 2);
        Write(mail, $"\r\n--{boundary}--\r\n");
    }

    private static void WithAttachments(MemoryStream mail, Random random, SampleLanguage language, int bytes)
    {
        var boundary = $"----=_Part_{random.Next():x8}";
        Write(mail, $"Content-Type: multipart/mixed;\r\n\tboundary=\"{boundary}\"\r\n\r\nThis is a multi-part message in MIME format.\r\n--{boundary}\r\n");
        Alternative(mail, random, language, random.Next(300, 2_000));
        var files = random.Next(1, 4);
        for (var i = 0; i < files; i++)
        {
            var (type, extension) = Files[random.Next(Files.Length)];
            Write(mail, $"\r\n--{boundary}\r\nContent-Type: {type}\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment;\r\n\t{FileName(random, language, extension)}\r\n\r\n");
            var content = new byte[bytes / files];
            random.NextBytes(content);
            SampleText.Encode(mail, content, "base64");
        }
        Write(mail, $"\r\n--{boundary}--\r\n");
    }

    private static string FileName(Random random, SampleLanguage language, string extension)
    {
        var name = $"{language.Words[random.Next(language.Words.Length)]} {random.Next(1000)}.{extension}";
        return name.All(char.IsAscii) ? $"filename=\"{name}\"" : $"filename*=utf-8''{Uri.EscapeDataString(name)}";
    }

    private static void Write(MemoryStream mail, string ascii) => mail.Write(Encoding.ASCII.GetBytes(ascii));
}
