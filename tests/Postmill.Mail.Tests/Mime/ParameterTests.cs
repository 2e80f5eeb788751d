using Postmill.Mail.Mime;

namespace Postmill.Mail.Tests.Mime;

/// <summary>RFC 2045 section 5.1, RFC 2183, RFC 2231; hard cases 27, 29 and 35.</summary>
public sealed class ParameterTests
{
    [Theory]
    [InlineData("text/plain; charset=utf-8", "utf-8")]
    [InlineData("text/plain; CHARSET = \"utf-8\"", "utf-8")]
    [InlineData("text/plain charset=utf-8", "utf-8")]
    [InlineData("text/plain; charset=us-ascii (Plain text)", "us-ascii")]
    [InlineData("text/plain; charset=\"utf-8; format=flowed", "utf-8")]
    [InlineData("text/plain; charset=utf-8 format=flowed", "utf-8")]
    [InlineData("text/plain;\n\tcharset=utf-8;", "utf-8")]
    [InlineData("(c) text/plain (c); (c) charset (c) = (c) utf-8", "utf-8")]
    [InlineData("text/plain; ; =x; charset=utf-8", "utf-8")]
    [InlineData("text/plain; charset=utf-8; charset=ascii", "utf-8")]
    [InlineData("text/plain", null)]
    public void A_parameter_is_read_however_it_is_written(string value, string? expected)
    {
        var part = TestMail.WithField("Content-Type: " + value).Root;
        Assert.Equal("text/plain", part.ContentType);
        Assert.Equal(expected, part.Charset);
    }

    [Theory]
    [InlineData("TEXT/HTML", "text/html")]
    [InlineData("text / html; x=y", "text/html")]
    [InlineData("text", "text/plain")]
    [InlineData("", "text/plain")]
    [InlineData(";charset=utf-8", "text/plain")]
    [InlineData("application-x-gzip; name=\"document.xml.gz\"", "application/octet-stream")]
    [InlineData("application/", "text/plain")]
    public void A_malformed_type_has_a_default(string value, string expected) =>
        Assert.Equal(expected, TestMail.WithField("Content-Type: " + value).Root.ContentType);

    [Theory]
    [InlineData("filename=a.txt", "a.txt")]
    [InlineData("filename=\"a b.txt\"", "a b.txt")]
    [InlineData("filename=a b.txt", "a b.txt")]
    [InlineData("filename=\"folded\n name.txt\"", "folded name.txt")]
    [InlineData("filename=\"quo\\\"te.txt\"", "quo\"te.txt")]
    [InlineData("filename*=utf-8''caf%C3%A9.txt", "café.txt")]
    [InlineData("filename*=iso-8859-1'en'caf%E9.txt", "café.txt")]
    [InlineData("filename=fallback.txt; filename*=utf-8''caf%C3%A9.txt", "café.txt")]
    [InlineData("filename*0=\"long \"; filename*1=\"name.txt\"", "long name.txt")]
    [InlineData("filename*1=\"name.txt\"; filename*0=\"long \"", "long name.txt")]
    [InlineData("filename*0*=utf-8''caf%C3; filename*1*=%A9.txt", "café.txt")]
    [InlineData("filename*0*=utf-8''%E2%82; filename*1*=%AC; filename*2=\".txt\"", "€.txt")]
    [InlineData("filename*=caf%C3%A9.txt", "café.txt")]
    [InlineData("filename*=utf-8''broken%Z9%.txt", "broken%Z9%.txt")]
    [InlineData("filename*=no-such-charset''caf%C3%A9.txt", "café.txt")]
    [InlineData("filename=\"=?utf-8?Q?caf=C3=A9.txt?=\"", "café.txt")]
    [InlineData("filename==?utf-8?B?Y2Fmw6k=?= =?utf-8?Q?.txt?=", "café.txt")]
    [InlineData("filename=\"caf\u00c3\u00a9.txt\"", "café.txt")]
    [InlineData("filename=\"caf\u00e9.txt\"", "café.txt")]
    [InlineData("filename=\"../../etc/passwd\"", "passwd")]
    [InlineData("filename=\"C:\\temp\\new.doc\"", "new.doc")]
    [InlineData("filename=\"a\u0007\0b.txt\"", "a\uFFFDb.txt")]
    [InlineData("filename*=utf-8''%E2%80%AEtxt.exe", "txt.exe")]
    [InlineData("filename=\"..\"", null)]
    [InlineData("filename=\"/\"", null)]
    [InlineData("filename=\"\"", null)]
    public void A_file_name_is_only_a_name(string parameter, string? expected)
    {
        var part = TestMail.WithField("Content-Disposition: attachment; " + parameter).Root;
        Assert.Equal("attachment", part.Disposition);
        Assert.Equal(expected, part.FileName);
    }

    [Fact]
    public void The_name_of_the_content_type_stands_in_for_a_missing_file_name() =>
        Assert.Equal("x.pdf", TestMail.WithField("Content-Type: application/pdf; name=x.pdf\nContent-Disposition: attachment").Root.FileName);

    [Fact]
    public void A_long_name_keeps_its_extension()
    {
        var name = TestMail.WithField("Content-Disposition: attachment; filename=" + new string('a', 5_000) + ".docx").Root.FileName!;
        Assert.Equal(255, name.Length);
        Assert.EndsWith("a.docx", name, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_are_bounded()
    {
        var many = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"; p{i}=v"));
        Assert.Equal(MimeLimits.Default.MaxParameters, TestMail.WithField("Content-Type: text/plain" + many).Root.Parameters.Count);
    }
}
