using System.Text;
using Postmill.Mail.Archives;

namespace Postmill.Mail.Tests.Archives;

public sealed class ZipNameTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 27, 12, 0, 4, TimeSpan.Zero);
    private static readonly Guid Id = new("01976f00-0000-7000-8000-000000000001");
    private const string File = "20260527T120004Z-01976f00000070008000000000000001.eml";

    [Theory]
    [InlineData("INBOX", "/", "INBOX")]
    [InlineData("Archive/2026", "/", "Archive/2026")]
    [InlineData("INBOX.Sent", ".", "INBOX/Sent")]
    [InlineData("INBOX.Sent", "/", "INBOX.Sent")]
    [InlineData("a/b", null, "a_b")]
    [InlineData(null, null, "_")]
    [InlineData("", "/", "_")]
    [InlineData("../../etc", "/", "_/_/etc")]
    [InlineData("/etc/passwd", "/", "etc/passwd")]
    [InlineData("..", ".", "_")]
    [InlineData("a\\..\\b", "/", "a_.._b")]
    [InlineData("C:\\Windows", "\\", "C_/Windows")]
    [InlineData("con/aux.txt/NUL ", "/", "_con/_aux.txt/_NUL")]
    [InlineData("a. . /b", "/", "a/b")]
    [InlineData(".ssh/-rf/~root", "/", "_.ssh/_-rf/_~root")]
    [InlineData("a\0b\nc\u202Ed\u007f", "/", "a_b_c_d_")]
    [InlineData("Gesch\u00e4ft/\u65e5\u672c", "/", "Gesch\u00e4ft/\u65e5\u672c")]
    [InlineData("e\u0301", "/", "\u00e9")]
    [InlineData("1/2/3/4/5/6/7/8/9/10", "/", "1/2/3/4/5/6/7/8")]
    [InlineData("   ", "/", "_")]
    public void A_folder_leads_nowhere_but_below(string? folder, string? delimiter, string expected) =>
        Assert.Equal($"{expected}/{File}", ZipNames.Of(folder, delimiter, Noon, Id));

    [Fact]
    public void A_long_name_is_cut_between_characters()
    {
        var name = ZipNames.Of(new string('\u65e5', 1_000), "/", Noon, Id).Split('/')[0];
        Assert.Equal(new string('\u65e5', 40), name);
        Assert.Equal(120, Encoding.UTF8.GetByteCount(name));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_name() => Assert.Equal($"a\uFFFD/{File}", ZipNames.Of("a\uD800", "/", Noon, Id));
}
