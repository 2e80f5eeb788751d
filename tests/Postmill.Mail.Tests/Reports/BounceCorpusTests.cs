using System.Globalization;
using System.Text;
using Postmill.Mail.Reports;
using Postmill.Mail.Tests.Mime;
using Xunit.Abstractions;

namespace Postmill.Mail.Tests.Reports;

/// <summary>Real bounces and complaints (POSTMILL_CORPORA) against the outcomes that lie beside them; what differs is printed.</summary>
public sealed class BounceCorpusTests(ITestOutputHelper output)
{
    private const double HardOrSoft = 0.97;
    private const double Kinds = 0.95;

    [CorporaFact]
    public void Nearly_every_recipient_is_hard_or_soft_as_the_collection_says()
    {
        var rows = Rows();
        var misses = new List<string>();
        var reasons = 0;
        foreach (var row in rows)
        {
            var report = Read(row.File);
            var recipient = report is not null && report.Recipients.Count >= row.Index ? report.Recipients[row.Index - 1] : null;
            reasons += recipient?.Reason.ToString().Equals(row.Reason, StringComparison.OrdinalIgnoreCase) == true ? 1 : 0;
            if ((recipient?.IsHard ?? false) != row.Hard)
                misses.Add($"{row.File} #{row.Index}: {row.Reason} {(row.Hard ? "hard" : "soft")}, read as {report?.Kind.ToString() ?? "ordinary"} {recipient}");
        }
        Print("hard or soft", rows.Count, misses);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the same reason word: {reasons} of {rows.Count}"));
        Assert.True(misses.Count <= rows.Count * (1 - HardOrSoft), $"{misses.Count} of {rows.Count}");
    }

    [CorporaFact]
    public void Nearly_every_mail_is_a_bounce_a_complaint_or_neither_as_the_collections_say()
    {
        var expected = Rows().Where(r => r.Index == 1).Select(r => (File: Path.Combine("bounces", r.File), Kind: KindOf(r.Reason))).ToList();
        var bounces = expected.Count;
        // Mails, digests and fragments; the few that are reports themselves say so in their names.
        var others = Directory.GetFiles(CorporaFactAttribute.Folder("mime/messages")).Select(f => Path.Combine("mime/messages", Path.GetFileName(f)));
        expected.AddRange(others.Select(f => (f, KindByName(f))));
        var misses = expected.Where(e => KindOf(Read(e.File, "")) != e.Kind).Select(e => $"{e.File}: {e.Kind}, read as {KindOf(Read(e.File, ""))}").ToList();
        Print($"kinds ({bounces} reports)", expected.Count, misses);
        var ofReports = misses.Count(m => m.StartsWith("bounces", StringComparison.Ordinal));
        Assert.True(ofReports <= bounces * (1 - Kinds), $"{ofReports} of {bounces}");
        Assert.True(misses.Count <= expected.Count * (1 - Kinds), $"{misses.Count} of {expected.Count}");
    }

    private void Print(string what, int of, List<string> misses)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {of - misses.Count} of {of} ({100.0 * (of - misses.Count) / of:0.0} %)"));
        foreach (var miss in misses)
            output.WriteLine(miss);
    }

    // A delay is told as a report of delivery; the collection has no word of its own for it.
    private static string KindOf(MailReport? report) => report?.Kind switch
    {
        MailReportKind.Bounce => "bounce",
        MailReportKind.DeliveryNotice when report.Recipients.All(r => r.Action == DeliveryAction.Delayed) => "bounce",
        MailReportKind.Complaint => "complaint",
        _ => "neither",
    };

    private static string KindByName(string file) => file switch
    {
        _ when file.Contains("delivery-status", StringComparison.Ordinal) || file.Contains("bounce", StringComparison.Ordinal) => "bounce",
        _ when file.Contains("feedback-report", StringComparison.Ordinal) => "complaint",
        _ => "neither",
    };

    private static string KindOf(string reason) => reason switch
    {
        "feedback" => "complaint",
        "vacation" or "delivered" => "neither",
        _ => "bounce",
    };

    private static MailReport? Read(string file, string folder = "bounces") =>
        MailReport.Read(File.ReadAllBytes(CorporaFactAttribute.Folder(Path.Combine(folder, file))));

    private static List<Row> Rows() =>
        [.. File.ReadLines(CorporaFactAttribute.Folder("bounces/expected.csv"), Encoding.UTF8).Skip(1).Select(l => l.Split(','))
            .Select(c => new Row(c[0], int.Parse(c[1], CultureInfo.InvariantCulture), c[4], c[5] == "true"))];

    private sealed record Row(string File, int Index, string Reason, bool Hard);
}
