using System.Text;

namespace Postmill.Host.Tests.Sync.Cases;

/// <summary>Small mails whose subjects tell a story's mails apart.</summary>
internal static class Mails
{
    public static byte[] Of(string subject, string? messageId = null, string body = "Hello.") => Raw(
        $"From: Sender <sender@example.net>\r\nTo: me@example.org\r\nSubject: {subject}\r\nMessage-ID: {messageId ?? $"<{Guid.NewGuid():N}@example.net>"}\r\n"
        + $"Date: Thu, 15 Jan 2026 10:00:00 +0000\r\n\r\n{body} {subject}\r\n");

    public static IEnumerable<byte[]> Many(int count, string subject = "old") => Enumerable.Range(1, count).Select(n => Of($"{subject} {n}"));

    public static byte[] Raw(string text) => Encoding.UTF8.GetBytes(text);
}
