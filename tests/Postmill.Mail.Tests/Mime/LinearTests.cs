using System.Text;
using Postmill.Mail.Mime;

namespace Postmill.Mail.Tests.Mime;

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
    [InlineData("=?a?q?b?= ")]
    [InlineData("a: b@c,")]
    [InlineData("a:")]
    [InlineData("<\"a\\")]
    [InlineData("x*0*=a'b'c;")]
    [InlineData("x*=\"=?a?q?\";")]
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
    [InlineData("<div>")]
    [InlineData("<b><p>")]
    [InlineData("<a><div>")]
    [InlineData("<table><tr><td>")]
    [InlineData("<style></styl")]
    [InlineData("<a b c d ")]
    [InlineData("&amp")]
    [InlineData("<![CDATA[")]
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

    [Fact]
    public void What_stands_far_behind_in_an_address_list_is_not_read()
    {
        var list = Repeat("=?zz?b?a?=,", MimeLimits.Default.MaxAddressListBytes);
        var one = MimeMessage.Parse(Encoding.Latin1.GetBytes($"From: a@example.org,{list}b@example.org\r\nFrom: c@example.org\r\n\r\n"));
        Assert.Contains(one.From, a => a.Address == "a@example.org");
        Assert.DoesNotContain(one.From, a => a.Address is "b@example.org" or "c@example.org");
    }

    [Fact]
    public void Html_of_many_parts_is_read_up_to_one_budget()
    {
        const string part = "--b\r\nContent-Type: text/html\r\n\r\n";
        var hidden = part + "<script>" + new string('x', MimeLimits.Default.MaxSearchTextBytes) + "</script>\r\n";
        string Mail(int parts) => "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + string.Concat(Enumerable.Repeat(hidden, parts)) + part + "words\r\n--b--\r\n";
        Assert.Equal("words", MimeMessage.Parse(Encoding.Latin1.GetBytes(Mail(3))).SearchText(1000).Trim());
        Assert.Equal("", MimeMessage.Parse(Encoding.Latin1.GetBytes(Mail(4))).SearchText(1000).Trim());
        Assert.Equal("", MimeMessage.Parse(Encoding.Latin1.GetBytes(Mail(4))).Snippet(100));
    }

    /// <summary>Hostile mails of the acceptance, each read whole.</summary>
    [Theory(Timeout = 60_000)]
    [InlineData("50,000 recipients")]
    [InlineData("100,000 encoded words")]
    [InlineData("a header of 100 MB")]
    [InlineData("200,000 header lines")]
    [InlineData("10,000 parts")]
    [InlineData("10,000 levels")]
    [InlineData("100,000 groups within each other")]
    [InlineData("100,000 comments within each other")]
    public async Task A_hostile_mail_is_read_within_the_limits(string name)
    {
        var octets = Encoding.Latin1.GetBytes(Hostile(name));
        var mail = await Task.Run(() => name == "a header of 100 MB" ? MimeMessage.Parse(octets) : Invariants.Check(octets));
        Assert.InRange(mail.To.Count, 0, MimeLimits.Default.MaxAddresses);
        Assert.InRange(mail.Subject?.Length ?? 0, 0, MimeLimits.Default.MaxHeaderValueBytes);
    }

    private static string Hostile(string name) => name switch
    {
        "50,000 recipients" => "To: " + string.Join(",\r\n ", Enumerable.Range(0, 50_000).Select(i => $"user{i} <user{i}@example.com>")) + "\r\n\r\n",
        "100,000 encoded words" => "Subject: " + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"=?x{i}?q?a?= ")) + "\r\n\r\n",
        "a header of 100 MB" => "Subject: " + Repeat("=?a?q?b", 100_000_000) + "\r\n\r\n",
        "200,000 header lines" => string.Concat(Enumerable.Range(0, 200_000).Select(i => $"X{i}: =?y{i}?b?YQ?=\r\n")) + "\r\n",
        "10,000 parts" => "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + Repeat("--b\r\nContent-Type: text/html; name*0*=u'v'w\r\n\r\n<div>x\r\n", 590_000),
        "10,000 levels" => string.Concat(Enumerable.Range(0, 10_000).Select(i => $"Content-Type: multipart/mixed; boundary=b{i}\r\n\r\n--b{i}\r\n")),
        "100,000 groups within each other" => "To: " + Repeat("a:", 200_000) + "x@y" + Repeat(";", 100_000) + "\r\n\r\n",
        _ => Fields(Repeat("(", 100_000) + Repeat(")", 100_000)),
    };

    private static string Fields(string value) => $"To: {value}a@b\r\nDate: {value}1 Jan 2020\r\nContent-Type: {value}text/plain\r\nMessage-ID: {value}<a@b>\r\n\r\n";

    private static string Repeat(string pattern, int octets) => new StringBuilder(octets).Insert(0, pattern, octets / pattern.Length).ToString();
}
