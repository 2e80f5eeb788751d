using System.Globalization;
using System.Text;
using Postmill.Mail.Mime;

namespace Postmill.Mail.Tests.Mime;

/// <summary>Sample mails against the reading written beside them (Samples/*.txt).</summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Names => [.. Samples.All().Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_reads_as_written_down(string name) =>
        Assert.Equal(Samples.Expected(name), Reading(MimeMessage.Parse(Samples.Read(name))));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_sample_keeps_every_invariant(string name) => Invariants.Check(Samples.Read(name));

    internal static string Reading(MimeMessage mail)
    {
        var reading = new StringBuilder();
        void Line(string label, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                reading.Append(label).Append(": ").Append(value.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal)).Append('\n');
        }
        Line("subject", mail.Subject);
        Line("id", mail.MessageId);
        Line("date", mail.Date?.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
        Line("references", string.Join(' ', mail.References));
        foreach (var (label, list) in new[] { ("from", mail.From), ("sender", mail.Sender), ("to", mail.To), ("cc", mail.Cc), ("bcc", mail.Bcc), ("reply-to", mail.ReplyTo) })
            Line(label, string.Join(" | ", list.Select(a => $"{a.Name} <{a.Address}>".TrimStart())));
        Line("attachments", mail.HasAttachments ? "yes" : null);
        Line("text", mail.Text);
        Line("html", mail.Html);
        Line("snippet", mail.Snippet(80));
        Line("search", mail.SearchText(1_000));
        Line("defects", string.Join(' ', mail.Defects.Select(d => d.Kind)));
        foreach (var part in mail.Parts)
        {
            var marks = (part.IsAttachment ? " attachment" : "") + (part.FileName is { } file ? $" \"{file}\"" : "") + (part.ContentId is { } id ? $" cid={id}" : "");
            Line($"part [{part.Path}]", $"{part.ContentType} {part.Encoding} {part.HeaderOffset}+{part.HeaderLength}+{part.BodyLength}{marks}");
        }
        return reading.ToString();
    }
}
