using System.Text;
using Postmill.Protocols.Mime;

namespace Postmill.Protocols.Tests.Mime;

/// <summary>
/// Patterns that make careless readers quadratic. At these sizes a quadratic scan takes minutes and runs into the test's time limit; a linear one
/// takes milliseconds.
/// </summary>
public sealed class LinearTests
{
    private const int Octets = 4_000_000;

    [Theory(Timeout = 60_000)]
    [InlineData("=?")]
    [InlineData("=?a?q?")]
    [InlineData("=?a?q? ")]
    [InlineData("x=?a?q?y?=x")]
    [InlineData("\"")]
    [InlineData("(")]
    [InlineData("<")]
    [InlineData("<a,")]
    [InlineData(")")]
    [InlineData("((((a")]
    [InlineData("\"a\"@")]
    [InlineData("=?zz?b?a?=,")]
    [InlineData("a=\"")]
    [InlineData("a b ")]
    public async Task A_field_full_of_one_pattern_is_read_once(string pattern)
    {
        var value = Repeat(pattern, Octets);
        await Task.Run(() => Invariants.Check(Encoding.Latin1.GetBytes(
            $"From: {value}\r\nSubject: {value}\r\nReferences: {value}\r\nContent-Type: text/plain; name={value}\r\nDate: {value}\r\n\r\n")));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("<")]
    [InlineData("<a ='")]
    [InlineData("<a =\"x")]
    [InlineData("<!--")]
    [InlineData("<script>")]
    [InlineData("<head>")]
    [InlineData("<style><")]
    [InlineData("&")]
    [InlineData("&#1;")]
    [InlineData("</")]
    public async Task Html_full_of_one_pattern_is_read_once(string pattern)
    {
        var html = Repeat(pattern, Octets);
        var text = await Task.Run(() => HtmlText.Strip(html, int.MaxValue));
        Assert.InRange(text.Length, 0, html.Length);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("--b\r\n\r\nx\r\n")]
    [InlineData("\r\n--")]
    [InlineData("--b    \t")]
    [InlineData("--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n")]
    [InlineData("--b\r\nContent-Type: multipart/mixed\r\n\r\n--x\r\nContent-")]
    [InlineData("--b\r\nContent-Type: message/rfc822\r\n\r\n")]
    [InlineData("--b\r\nA: b\r\nA: b\r\nA: b\r\n\r\n")]
    [InlineData("a\rb:\r")]
    public async Task A_body_full_of_one_pattern_is_read_once(string pattern)
    {
        var octets = Encoding.Latin1.GetBytes("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + Repeat(pattern, Octets));
        var mail = await Task.Run(() => MimeMessage.Parse(octets));
        Assert.InRange(mail.Parts.Count, 1, MimeLimits.Default.MaxParts);
    }

    [Fact]
    public void A_large_mail_is_not_copied()
    {
        var octets = Encoding.Latin1.GetBytes("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/pdf\r\n\r\n" + Repeat("0123456789abcdef\r\n", 20_000_000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var mail = MimeMessage.Parse(octets);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000);
        Assert.Equal(2, mail.Parts.Count);
    }

    private static string Repeat(string pattern, int octets) => new StringBuilder(octets).Insert(0, pattern, octets / pattern.Length).ToString();
}
