namespace Postmill.Adapters.Postgres.Messages.Reading;

internal static class ReadingLimits
{
    /// <summary>Octets of a raw mail fetched at once. A download holds this and no connection while the client takes it.</summary>
    public const int ChunkBytes = 256 * 1024;

    /// <summary>Decoded octets of a part that are checked against its hash before the first one goes out; larger ones are checked on the way.</summary>
    public const long CheckedFirstBytes = 4 * 1024 * 1024;

    /// <summary>Encoded octets of a part that nobody reads as text and that a body answer still fetches, for a gap costs a query.</summary>
    public const long OpaqueBytes = 64 * 1024;

    /// <summary>Encoded octets of one text part in a body answer: three times what the MIME reader gives of it, for quoted-printable. The part's own route gives the rest.</summary>
    public const long TextBytes = 12 * 1024 * 1024;

    /// <summary>Octets of one mail in a body answer: 50,000 recipients, text and HTML fit. What lies behind is not shown.</summary>
    public const long BodyBytes = 32 * 1024 * 1024;

    /// <summary>Mails of a page that nobody gave a size, which nearly every list is.</summary>
    public const int UsualPage = 20;

    /// <summary>Mails that are ranked together. Each costs its words (some KiB, read whole), so this bounds a search for a word that every mail has.</summary>
    public const int RankedTogether = 1_000;

    /// <summary>Milliseconds that PostgreSQL may search. What takes longer would take it for everybody.</summary>
    public const int SearchMilliseconds = 5_000;

    /// <summary>Encoded octets of a text that are read for a snippet, twice a mail (plain and HTML), a hundred mails a page. Hits behind them are found and not shown.</summary>
    public const int SnippetOctets = 32 * 1024;

    /// <summary>File names of a mail that a snippet may show.</summary>
    public const int SnippetFileNames = 20;
}
