using System.Globalization;
using System.Text;
using Postmill.Mail.Reports;

namespace Postmill.Mail.Tests.Reports;

/// <summary>The project's own reports and ordinary mails (Samples/*.eml) and what is to be read from them (*.txt).</summary>
internal static class ReportSamples
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Reports", "Samples");

    public static IReadOnlyList<string> Names => [.. Directory.GetFiles(Folder, "*.eml").Order(StringComparer.Ordinal).Select(f => Path.GetFileNameWithoutExtension(f))];

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".eml"));

    public static string Expected(string name) => File.ReadAllText(Path.Combine(Folder, name + ".txt"));

    public static string Reading(MailReport? report)
    {
        if (report is null)
            return "ordinary\n";
        var reading = new StringBuilder(report.Kind.ToString().ToLowerInvariant());
        if (report.FeedbackType is not null)
            reading.Append(CultureInfo.InvariantCulture, $" {report.FeedbackType}{(report.IsUnwanted ? " unwanted" : "")}");
        reading.Append('\n');
        foreach (var r in report.Recipients)
        {
            reading.Append(CultureInfo.InvariantCulture, $"{r.Address}{(r.OriginalAddress is null ? "" : $" for {r.OriginalAddress}")}: {r.Action}").Append(r.IsHard ? " hard" : "")
                .Append(CultureInfo.InvariantCulture, $" {r.Reason} {r.Status?.ToString() ?? "-"} {r.ReplyCode?.ToString(CultureInfo.InvariantCulture) ?? "-"}\n");
            if (r.Diagnostic is not null)
                reading.Append(CultureInfo.InvariantCulture, $"  {r.Diagnostic}\n");
        }
        var original = report.Original;
        reading.Append(CultureInfo.InvariantCulture, $"ids {string.Join(' ', original.MessageIds)} envelope {original.EnvelopeId ?? "-"}\n");
        reading.Append(CultureInfo.InvariantCulture, $"from {original.From ?? "-"} to {string.Join(' ', original.To)} subject {original.Subject ?? "-"}\n");
        return reading.ToString();
    }
}
