using System.Text;
using Postmill.Mail.Mime;

namespace Postmill.Mail.Tests.Mime;

/// <summary>Hard case 27: charsets as mail has them.</summary>
public sealed class CharsetTests
{
    [Theory]
    [InlineData("utf8", "C3A9", "é")]
    [InlineData("UTF-8", "E282AC", "€")]
    [InlineData("cp1252", "80E9", "€é")]
    [InlineData("iso-8859-1", "80E9", "€é")]
    [InlineData("\"iso-8859-15\"", "A4", "€")]
    [InlineData("windows-1251", "CFF0E8", "При")]
    [InlineData("koi8-r", "F0D2C9", "При")]
    [InlineData("koi8-u", "A4", "є")]
    [InlineData("iso-8859-2", "B1", "ą")]
    [InlineData("iso-8859-7", "E1", "α")]
    [InlineData("iso-8859-8-i", "E0E1", "אב")]
    [InlineData("iso-8859-9", "FD", "ı")]
    [InlineData("windows-874", "A1", "ก")]
    [InlineData("x-sjis", "93FA967B", "日本")]
    [InlineData("shift_jis", "B1B2", "ｱｲ")]
    [InlineData("euc-jp", "C6FCCBDC", "日本")]
    [InlineData("iso-2022-jp", "1B2442467C4B5C1B2842", "日本")]
    [InlineData("iso-2022-jp", "1B2849312B1B2842", "ｱｫ")]
    [InlineData("ks_c_5601-1987", "C7D1B1DB", "한글")]
    [InlineData("euc-kr", "C7D1B1DB", "한글")]
    [InlineData("iso-2022-kr", "1B2429430E47513131", "한굇")]
    [InlineData("gb2312", "D6D0CEC4", "中文")]
    [InlineData("gb2312", "8140", "丂")]
    [InlineData("gb18030", "8139EF30", "㐁")]
    [InlineData("hz-gb-2312", "7E7B56504E447E7D", "中文")]
    [InlineData("big5", "A4A4A4E5", "中文")]
    [InlineData("utf-16be", "00E9", "é")]
    [InlineData("utf-16", "FEFF00E9", "é")]
    [InlineData("utf-16le", "E900", "é")]
    [InlineData("utf-7", "2B414F6B2D2B2D", "é+")]
    [InlineData("unicode-1-1-utf-7", "2B5A65566E4C4971652D", "日本語")]
    [InlineData("cp850", "82", "é")]
    [InlineData("ibm437", "82", "é")]
    [InlineData("macintosh", "8E", "é")]
    public void A_label_means_what_its_senders_mean(string label, string hex, string expected) =>
        Assert.Equal(expected, MimeContent.DecodeText(Convert.FromHexString(hex), label));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("us-ascii")]
    [InlineData("ascii")]
    [InlineData("x-unknown")]
    [InlineData("no-such-charset")]
    [InlineData("65000")]
    public void Without_a_usable_label_it_is_utf8_else_windows_1252(string? label)
    {
        Assert.Equal("é", MimeContent.DecodeText([0xC3, 0xA9], label));
        Assert.Equal("é”", MimeContent.DecodeText([0xE9, 0x94], label));
    }

    [Fact]
    public void A_utf8_label_over_another_charset_is_not_believed()
    {
        Assert.Equal("é!", MimeContent.DecodeText([0xE9, 0x21], "utf-8"));
        Assert.Equal("é\uFFFD!", MimeContent.DecodeText([0xC3, 0xA9, 0xE9, 0x21], "utf-8"));
    }

    [Fact]
    public void Utf8_cut_inside_a_character_stays_utf8() =>
        Assert.Equal("é\uFFFD", MimeContent.DecodeText([0xC3, 0xA9, 0xE2, 0x82], null));

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-7")]
    [InlineData("utf-16")]
    [InlineData("utf-16be")]
    [InlineData("utf-32")]
    [InlineData("iso-2022-jp")]
    [InlineData("iso-2022-kr")]
    [InlineData("gb18030")]
    [InlineData("hz-gb-2312")]
    [InlineData("shift_jis")]
    [InlineData("euc-jp")]
    [InlineData("big5")]
    [InlineData("windows-1255")]
    [InlineData(null)]
    public void Whatever_the_octets_the_text_can_be_stored(string? label)
    {
        var random = new Random(31);
        for (var round = 0; round < 300; round++)
        {
            var octets = new byte[random.Next(0, 200)];
            random.NextBytes(octets);
            Storable.Assert(MimeContent.DecodeText(octets, label));
        }
    }

    [Fact]
    public void An_html_text_may_name_its_own_charset() =>
        Assert.Contains("При", TestMail.Parse("Content-Type: text/html\n\n<html><head><meta charset=\"koi8-r\"></head>\u00f0\u00d2\u00c9").Html!, StringComparison.Ordinal);

    [Fact]
    public void Utf7_survives_a_round_trip()
    {
        foreach (var text in new[] { "plain", "é€日本", "a+b", "😀 and 𝄞", "mixed é text ü" })
        {
#pragma warning disable SYSLIB0001 // Only as the other end of a test.
            var octets = Encoding.UTF7.GetBytes(text);
#pragma warning restore SYSLIB0001
            Assert.Equal(text, MimeContent.DecodeText(octets, "utf-7"));
        }
    }
}
