using System.Globalization;
using System.Text;

namespace Postmill.Testing.Samples;

/// <summary>
/// Realistic mails, the same for the same seed: plain text, text with html, html newsletters, attachments; a dozen charsets; a third are
/// replies within threads. Sizes are mixed so that 20,000 mails are about 175 MB.
/// </summary>
public static class MailSamples
{
    private static readonly DateTimeOffset FirstDate = new(2024, 1, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>The mails one by one, CRLF line ends; each has a Message-ID of its own.</summary>
    public static IEnumerable<byte[]> Generate(int count, int seed)
    {
        var random = new Random(seed);
        var recent = new Queue<SampleThread>();
        for (var i = 0; i < count; i++)
        {
            var language = Pick(random, SampleWords.Languages);
            var parent = recent.Count > 0 && random.Next(3) == 0 ? recent.ElementAt(random.Next(recent.Count)) : null;
            var id = $"<{seed:x8}.{i:x8}.{random.Next():x8}@{Pick(random, SampleWords.Hosts)}>";
            var thread = parent is null ? new SampleThread(id, [], SampleText.Sentence(random, language, 6), language) : parent.Reply(id);
            recent.Enqueue(thread);
            if (recent.Count > 50) recent.Dequeue();
            yield return Mail(random, thread, FirstDate.AddMinutes(i));
        }
    }

    private static byte[] Mail(Random random, SampleThread thread, DateTimeOffset date)
    {
        using var mail = new MemoryStream(8192);
        WriteHeaders(mail, random, thread, date);
        SampleBody.Write(mail, random, thread);
        return mail.ToArray();
    }

    private static void WriteHeaders(MemoryStream mail, Random random, SampleThread thread, DateTimeOffset date)
    {
        var sent = date.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
        var from = Address(random, thread.Language);
        Line(mail, "Return-Path: <bounces@example.org>");
        Line(mail, $"Received: from mx{random.Next(9)}.example.org (mx.example.org [192.0.2.{random.Next(1, 255)}])\r\n\tby mail.example.net with ESMTPS id {random.Next():X8}\r\n\tfor <me@example.net>; {sent}");
        Line(mail, $"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=s1;\r\n\th=from:to:subject:date; bh={SampleText.Base64(random, 32)};\r\n\tb={SampleText.Base64(random, 48)}\r\n\t {SampleText.Base64(random, 48)}");
        Line(mail, $"From: {from}");
        Line(mail, $"To: {string.Join(",\r\n\t", Enumerable.Range(0, random.Next(8) == 0 ? random.Next(2, 9) : 1).Select(_ => Address(random, thread.Language)))}");
        if (random.Next(5) == 0) Line(mail, $"Cc: {Address(random, thread.Language)}");
        Line(mail, $"Subject: {(thread.References.Count > 0 ? "Re: " : "")}{SampleText.EncodedWords(thread.Subject, thread.Language)}");
        Line(mail, $"Date: {sent}");
        Line(mail, $"Message-ID: {thread.MessageId}");
        if (thread.References.Count > 0)
        {
            Line(mail, $"In-Reply-To: {thread.References[^1]}");
            Line(mail, $"References: {string.Join("\r\n\t", thread.References)}");
        }
        if (random.Next(6) == 0) Line(mail, $"List-Unsubscribe: <https://lists.example.org/u/{random.Next():x}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click");
        Line(mail, "MIME-Version: 1.0");
    }

    private static string Address(Random random, SampleLanguage language)
    {
        var name = Pick(random, SampleWords.People);
        // A name the language's charset cannot write is sent in UTF-8, as clients do.
        var writable = name.All(char.IsAscii) || language.Charset == "utf-8";
        var shown = SampleText.EncodedWords(name, writable ? language : SampleWords.Languages[1]);
        if (shown == name && name.AsSpan().IndexOfAny(",'") >= 0) shown = $"\"{name}\"";
        return $"{shown} <u{random.Next(500)}@{Pick(random, SampleWords.Hosts)}>";
    }

    private static void Line(MemoryStream mail, string line) => mail.Write(Encoding.ASCII.GetBytes(line + "\r\n"));

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}

/// <summary>Where a mail stands in its thread; <paramref name="References"/> oldest first.</summary>
internal sealed record SampleThread(string MessageId, IReadOnlyList<string> References, string Subject, SampleLanguage Language)
{
    private const int KeptReferences = 10;

    public SampleThread Reply(string id) => new(id, [.. References.TakeLast(KeptReferences), MessageId], Subject, Language);
}
