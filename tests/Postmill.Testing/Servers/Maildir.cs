namespace Postmill.Testing.Servers;

/// <summary>Writes mails straight into a Maildir, which takes seconds where APPEND or LMTP take minutes.</summary>
internal static class Maildir
{
    private static readonly DateTimeOffset FirstDate = new(2024, 1, 1, 8, 0, 0, TimeSpan.Zero);
    private static long _last;

    /// <returns>Number of mails written.</returns>
    public static int Write(string folder, IEnumerable<SeedMail> mails, PosixAccount owner)
    {
        var written = 0;
        foreach (var mail in mails)
        {
            var sequence = Interlocked.Increment(ref _last);
            var date = (mail.InternalDate ?? FirstDate.AddMinutes(written)).UtcDateTime;
            // Dovecot assigns UIDs in the order of the names, and trusts S= and W= (size on disk and with CRLF) without reading the file.
            var name = $"{FirstDate.ToUnixTimeSeconds()}.M{sequence:D9}.seed,S={mail.Raw.Length},W={WireSize(mail.Raw)}:2,{mail.Flags}";
            var unfinished = Path.Combine(folder, "tmp", name);
            File.WriteAllBytes(unfinished, mail.Raw);
            File.SetLastWriteTimeUtc(unfinished, date);
            if (Posix.IsRoot) Posix.ChangeOwner(unfinished, owner);
            File.Move(unfinished, Path.Combine(folder, "cur", name));
            written++;
        }
        return written;
    }

    private static int WireSize(ReadOnlySpan<byte> raw)
    {
        var bare = 0;
        for (var i = 0; i < raw.Length; i++)
            if (raw[i] == (byte)'\n' && (i == 0 || raw[i - 1] != (byte)'\r')) bare++;
        return raw.Length + bare;
    }
}
