using System.Globalization;
using System.Text;

namespace Postmill.Bench.Reading;

/// <summary>Mails whose words are as rare as a bench needs them: the same for the same number. A third are replies, a tenth have a file, a twentieth are Japanese.</summary>
internal static class LargeMailbox
{
    public const string Common = "meeting", First = "budget", Second = "travel", Unspaced = "会議の資料";

    /// <summary>Mails that have one rare word.</summary>
    public const int RareShare = 20;

    private const int Words = 5_000, WordsOfText = 80, FileBytes = 3_000;

    public static string Rare(int mail, int mails) => string.Create(CultureInfo.InvariantCulture, $"zebra{mail % Math.Max(1, mails / RareShare)}");

    public static bool HasFile(int mail) => mail % 10 == 0;

    public static byte[] Mail(int number, int mails)
    {
        var random = new Random(number);
        var text = new StringBuilder();
        for (var i = 0; i < WordsOfText; i++) text.Append(Word(random)).Append(i % 12 == 11 ? "\r\n" : " ");
        if (number % 3 == 0) text.Append(Common).Append(' ');
        if (number % 7 == 0) text.Append(First).Append(' ');
        if (number % 11 == 0) text.Append(Second).Append(' ');
        if (number % 20 == 0) text.Append(Unspaced).Append("を添付しました ");
        text.Append(Rare(number, mails));
        var boundary = HasFile(number) ? "files" : null;
        var mail = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"From: {Word(random)} <u{random.Next(500)}@sender{random.Next(50)}.example>\r\nTo: me@example.org\r\nSubject: {Word(random)} {Word(random)} {Word(random)}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Message-ID: <{number}@bench.example>\r\n")
            .Append(number % 3 == 1 ? $"In-Reply-To: <{number - 1}@bench.example>\r\nReferences: <{number - 1}@bench.example>\r\n" : "")
            .Append("Date: Thu, 01 Jan 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n");
        if (boundary is null) return Encoding.UTF8.GetBytes(mail.Append("Content-Type: text/plain; charset=utf-8\r\n\r\n").Append(text).Append("\r\n").ToString());
        var file = new byte[FileBytes];
        random.NextBytes(file);
        mail.Append(CultureInfo.InvariantCulture, $"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n").Append(text)
            .Append(CultureInfo.InvariantCulture, $"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=report-{number}.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n")
            .Append(Convert.ToBase64String(file, Base64FormattingOptions.InsertLineBreaks)).Append(CultureInfo.InvariantCulture, $"\r\n--{boundary}--\r\n");
        return Encoding.UTF8.GetBytes(mail.ToString());
    }

    // As in texts: the n-th word is about 1/n as frequent as the first.
    private static string Word(Random random)
    {
        var rank = (int)Math.Pow(Words, random.NextDouble());
        return string.Create(CultureInfo.InvariantCulture, $"{(char)('a' + (rank % 26))}{(char)('a' + (rank / 26 % 26))}w{rank}");
    }
}
