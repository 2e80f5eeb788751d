using System.Globalization;
using System.Text;
using Postmill.Mail.Reports;
using Postmill.Mail.Tests.Mime;

namespace Postmill.Mail.Tests.Reports;

/// <summary>Hostile reports: nothing throws, everything is bounded. POSTMILL_FUZZ_ROUNDS sets how many; the seed is the round.</summary>
public sealed class ReportFuzzTests
{
    private const int DefaultRounds = 10_000;

    [Fact]
    public void Mutated_reports_never_throw_and_stay_within_their_bounds()
    {
        var samples = ReportSamples.Names.Select(ReportSamples.Read).ToArray();
        var rounds = int.Parse(Environment.GetEnvironmentVariable("POSTMILL_FUZZ_ROUNDS") ?? DefaultRounds.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        for (var round = 0; round < rounds; round++)
        {
            var mutated = Mutations.Of(samples[round % samples.Length], samples, new Random(round));
            try
            {
                Check(MailReport.Read(mutated));
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"round {round}: {fault.Message}", fault);
            }
        }
    }

    [CorporaFact]
    public void Mutated_real_reports_never_throw()
    {
        var samples = Directory.GetFiles(CorporaFactAttribute.Folder("bounces"), "*.eml").Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        for (var round = 0; round < DefaultRounds; round++)
            Check(MailReport.Read(Mutations.Of(samples[round % samples.Length], samples, new Random(round))));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("<a@b.example>:\n")]
    [InlineData("a@")]
    [InlineData("550 5.1.1 ")]
    [InlineData("Final-Recipient: rfc822; a@b.example\nAction: failed\n")]
    [InlineData("Final-Recipient: rfc822; a@b.example\nAction: failed\n\n")]
    [InlineData(">>> RCPT\n<<< 2\n")]
    [InlineData("\n")]
    [InlineData(" ")]
    [InlineData("generated from a@b.example\n")]
    [InlineData("To: a@b.example\n")]
    [InlineData("{\"a\":")]
    [InlineData("\"")]
    [InlineData("Message-ID: <a@b.example>\n")]
    public async Task A_report_full_of_one_pattern_is_read_once(string pattern)
    {
        var body = new StringBuilder().Insert(0, pattern, 2_000_000 / pattern.Length).ToString();
        foreach (var head in new[]
                 {
                     "From: MAILER-DAEMON@x\nSubject: failure notice\n\nnot delivered\n", "Content-Type: message/delivery-status\n\n", "From: x@sns.amazonaws.com\n\n",
                     "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n", "X-Failed-Recipients: " + new string('a', 100) + "@b\n\n",
                 })
            await Task.Run(() => Check(MailReport.Read(Encoding.Latin1.GetBytes(head + body))));
    }

    [Fact]
    public void Ten_thousand_recipients_are_read_up_to_the_bound()
    {
        var body = new StringBuilder("From: MAILER-DAEMON@x\nSubject: failure notice\n\nI wasn't able to deliver your message.\n\n");
        for (var i = 0; i < 10_000; i++)
            body.Append(CultureInfo.InvariantCulture, $"<r{i}@b.example>:\n550 5.1.1 user unknown\n\n");
        var report = MailReport.Read(Encoding.Latin1.GetBytes(body.ToString()));
        Check(report);
        Assert.Equal(ReportLimits.MaxRecipients, report!.Recipients.Count);
        Assert.All(report.Recipients, r => Assert.True(r.IsHard));
    }

    private static void Check(MailReport? report)
    {
        if (report is null)
            return;
        Assert.InRange(report.Recipients.Count, 0, ReportLimits.MaxRecipients);
        Assert.InRange(report.Original.MessageIds.Count, 0, ReportLimits.MaxMessageIds);
        Assert.InRange(report.Original.To.Count, 0, ReportLimits.MaxRecipients);
        var original = report.Original;
        foreach (var text in new[] { report.FeedbackType, original.EnvelopeId, original.From, original.Subject }.Concat(original.MessageIds))
        {
            Storable.Assert(text);
            Assert.InRange(text?.Length ?? 0, 0, ReportLimits.MaxDiagnosticChars);
        }
        foreach (var recipient in report.Recipients)
        {
            Storable.Assert(recipient.Address);
            Storable.Assert(recipient.OriginalAddress);
            Storable.Assert(recipient.Diagnostic);
            Assert.InRange(recipient.Address.Length, 0, ReportLimits.MaxAddressChars);
            Assert.InRange(recipient.Diagnostic?.Length ?? 0, 0, ReportLimits.MaxDiagnosticChars);
            Assert.True(!recipient.IsHard || recipient.Action == DeliveryAction.Failed);
        }
        Assert.True(report.Kind != MailReportKind.Bounce || report.Recipients.Count > 0);
    }
}
