namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>
/// What of a mail its body needs: everything but the inside of large attachments and enclosed mails. Their headers and the boundaries around them stay,
/// so what is left reads as the same mail with empty attachments.
/// </summary>
internal static class BodyRanges
{
    public static IReadOnlyList<(long Offset, long Length)> Of(StoredMail mail)
    {
        var kept = new List<(long, long)>();
        long at = 0;
        var budget = ReadingLimits.BodyBytes;
        foreach (var (start, end) in mail.Parts.Select(Cut).Where(cut => cut.End > cut.Start).OrderBy(cut => cut.Start))
        {
            if (start < at) continue; // inside an enclosed mail that is left out already
            Keep(start);
            at = end;
        }
        Keep(mail.Raw.Length);
        return kept;

        void Keep(long until)
        {
            var length = Math.Min(until - at, budget);
            if (length <= 0) return;
            kept.Add((at, length));
            budget -= length;
        }
    }

    private static (long Start, long End) Cut(StoredPart part)
    {
        var most = part.ContentType.StartsWith("multipart/", StringComparison.Ordinal) ? long.MaxValue
            : part.ContentType.StartsWith("text/", StringComparison.Ordinal) ? ReadingLimits.TextBytes
            : part.BodyLength > ReadingLimits.OpaqueBytes ? 0 : long.MaxValue;
        return part.BodyLength > most ? (part.BodyOffset + most, part.BodyOffset + part.BodyLength) : (0, 0);
    }
}
