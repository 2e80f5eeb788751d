namespace Postmill.Adapters.Postgres.Messages.Editing;

/// <summary>What one edit may write.</summary>
public static class EditingLimits
{
    /// <summary>Tags of one mail.</summary>
    public const int Tags = 50;

    /// <summary>Characters of a tag.</summary>
    public const int TagChars = 100;

    /// <summary>Characters of the notes on one mail.</summary>
    public const int NotesChars = 10_000;

    /// <summary>Characters of a folder's name or a subject: what a line of a mail holds (RFC 5322 section 2.1.1).</summary>
    public const int LineChars = 998;

    /// <summary>Addresses of one field of a record.</summary>
    public const int Addresses = 500;

    /// <summary>Characters of a Message-ID that is given.</summary>
    public const int MessageIdChars = 250;

    /// <summary>Mails that one transaction deletes: it holds their rows for some tens of milliseconds.</summary>
    public const int DeletedTogether = 500;

    /// <summary>Mails that one search-delete may delete.</summary>
    public const int MostDeleted = 50_000;

    /// <summary>Mails that it deletes if it is not told how many.</summary>
    public const int DeletedUnasked = 1_000;

    /// <summary>After this the answer says how far it came; a client waits for an answer about a minute.</summary>
    public static readonly TimeSpan DeleteTime = TimeSpan.FromSeconds(20);
}
