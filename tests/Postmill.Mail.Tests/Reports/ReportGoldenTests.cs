using Postmill.Mail.Reports;

namespace Postmill.Mail.Tests.Reports;

/// <summary>Bounces of many forms, complaints, automatic answers and ordinary mail against the reading beside them.</summary>
public sealed class ReportGoldenTests
{
    public static TheoryData<string> Names => [.. ReportSamples.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_reads_as_written_down(string name) =>
        Assert.Equal(ReportSamples.Expected(name), ReportSamples.Reading(MailReport.Read(ReportSamples.Read(name))));

    [Theory]
    [MemberData(nameof(Names))]
    public void Line_ends_do_not_matter(string name)
    {
        var crlf = System.Text.Encoding.Latin1.GetBytes(System.Text.Encoding.Latin1.GetString(ReportSamples.Read(name)).ReplaceLineEndings("\r\n"));
        Assert.Equal(ReportSamples.Expected(name), ReportSamples.Reading(MailReport.Read(crlf)));
    }

    [Fact]
    public void Ordinary_mail_is_no_report()
    {
        var ordinary = ReportSamples.Names.Where(n => n.StartsWith("ordinary-", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(ordinary);
        Assert.All(ordinary, n => Assert.Null(MailReport.Read(ReportSamples.Read(n))));
    }
}
