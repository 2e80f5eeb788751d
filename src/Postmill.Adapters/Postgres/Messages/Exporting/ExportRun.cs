using Postmill.Domain.Jobs;
using Postmill.Domain.Messages;
using Postmill.Mail.Archives;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

/// <summary>A silo's hold on an export that it lists, and how far the list has come. Writes name <see cref="Run"/>: whoever lost it writes nothing.</summary>
internal sealed record ExportRun(Guid ExportId, Guid Run, Guid UserId, Job Job, ExportFormat Format, EmailFilter Filter, DateTimeOffset CreatedAt)
{
    /// <summary>The mail after which the list goes on; null: at the oldest.</summary>
    public required (DateTimeOffset At, Guid Id)? Walked { get; init; }

    public required long Mails { get; init; }

    public required long MailsEnd { get; init; }

    public required long DirectoryEnd { get; init; }

    public required JobProgress Progress { get; init; }

    public long Length => MailsEnd + (Format == ExportFormat.Zip ? DirectoryEnd + ZipRecords.End(Mails, MailsEnd, DirectoryEnd).Length : 0);

    /// <summary>The list with this mail at its end, and the mail's place.</summary>
    public (ExportRun Run, ExportEntry Entry) With(MeasuredMail mail)
    {
        var zip = Format == ExportFormat.Zip;
        var entry = new ExportEntry(MailsEnd, mail.Length, mail.Id, mail.Label, mail.Size, mail.At, mail.Crc, zip ? DirectoryEnd : null);
        var run = this with
        {
            Mails = Mails + 1,
            MailsEnd = MailsEnd + mail.Length,
            DirectoryEnd = zip ? DirectoryEnd + ZipRecords.DirectoryLength(mail.Label, MailsEnd) : 0,
        };
        return (run, entry);
    }
}

/// <summary>A mail as it will stand in the file.</summary>
/// <param name="Label">mbox: the line before it; zip: its path.</param>
/// <param name="Size">Raw octets.</param>
/// <param name="Length">Octets in the file, with what stands around it.</param>
internal sealed record MeasuredMail(Guid Id, DateTimeOffset At, string Label, long Size, long Length, uint? Crc);

/// <summary>A mail's place in the file.</summary>
internal sealed record ExportEntry(long Start, long Length, Guid MessageId, string Label, long Size, DateTimeOffset At, uint? Crc, long? DirectoryAt)
{
    public long End => Start + Length;

    public ZipEntry Zip => new(Label, At, Size, Crc ?? throw new InvalidOperationException("an entry of a zip has a checksum"));
}
