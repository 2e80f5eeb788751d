using System.Text;

namespace Postmill.Host.Tests.Accounts;

/// <summary>Mails of which no two are the same.</summary>
internal static class Letters
{
    public static byte[] About(string subject) => Encoding.UTF8.GetBytes(
        $"From: Sender <sender@example.net>\r\nTo: me@example.org\r\nSubject: {subject}\r\nMessage-ID: <{Guid.NewGuid():N}@example.net>\r\nDate: Thu, 15 Jan 2026 10:00:00 +0000\r\n\r\nHello {subject}.\r\n");
}
