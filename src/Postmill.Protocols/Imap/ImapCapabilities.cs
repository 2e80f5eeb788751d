namespace Postmill.Protocols.Imap;

/// <summary>What the server announced last (RFC 9051 §7.2.2). IMAP4rev2 includes what it took over from the extensions of IMAP4rev1.</summary>
public sealed class ImapCapabilities
{
    private static readonly string[] InRev2 =
        ["NAMESPACE", "UNSELECT", "UIDPLUS", "ESEARCH", "SEARCHRES", "ENABLE", "IDLE", "SASL-IR", "LIST-EXTENDED", "LIST-STATUS", "MOVE", "LITERAL-", "STATUS=SIZE", "SPECIAL-USE"];

    private readonly HashSet<string> _names;

    /// <summary>From the announced words.</summary>
    /// <param name="names">Atoms, any case.</param>
    public ImapCapabilities(IEnumerable<string> names)
    {
        _names = names.Select(name => name.ToUpperInvariant()).ToHashSet(StringComparer.Ordinal);
        AuthMechanisms = [.. _names.Where(name => name.StartsWith("AUTH=", StringComparison.Ordinal)).Select(name => name[5..])];
        Rev2 = _names.Contains("IMAP4REV2");
    }

    /// <summary>Nothing announced.</summary>
    public static ImapCapabilities None { get; } = new([]);

    /// <summary>All announced words, in capitals.</summary>
    public IReadOnlyCollection<string> Names => _names;

    /// <summary>SASL mechanisms, in capitals.</summary>
    public IReadOnlyList<string> AuthMechanisms { get; }

    /// <summary>IMAP4rev2 (RFC 9051).</summary>
    public bool Rev2 { get; }

    /// <summary>IMAP4rev2 and not IMAP4rev1: mailbox names are UTF-8 on the wire.</summary>
    public bool Rev2Only => Rev2 && !_names.Contains("IMAP4REV1");

    /// <summary>STARTTLS.</summary>
    public bool StartTls => Has("STARTTLS");

    /// <summary>LOGIN is refused (RFC 9051 §6.2.3).</summary>
    public bool LoginDisabled => Has("LOGINDISABLED");

    /// <summary>Initial response in AUTHENTICATE (RFC 4959).</summary>
    public bool SaslIr => Has("SASL-IR");

    /// <summary>IDLE (RFC 2177).</summary>
    public bool Idle => Has("IDLE");

    /// <summary>NOTIFY (RFC 5465).</summary>
    public bool Notify => Has("NOTIFY");

    /// <summary>CONDSTORE (RFC 7162), also as part of QRESYNC.</summary>
    public bool CondStore => Has("CONDSTORE") || QResync;

    /// <summary>QRESYNC (RFC 7162).</summary>
    public bool QResync => Has("QRESYNC");

    /// <summary>ENABLE (RFC 5161).</summary>
    public bool Enable => Has("ENABLE");

    /// <summary>Non-synchronizing literals of any size (RFC 7888).</summary>
    public bool LiteralPlus => Has("LITERAL+");

    /// <summary>Non-synchronizing literals up to 4,096 bytes (RFC 7888).</summary>
    public bool LiteralMinus => Has("LITERAL-");

    /// <summary>SPECIAL-USE (RFC 6154).</summary>
    public bool SpecialUse => Has("SPECIAL-USE");

    /// <summary>LIST with selection and return options (RFC 5258).</summary>
    public bool ListExtended => Has("LIST-EXTENDED");

    /// <summary>LIST … RETURN (STATUS …) (RFC 5819).</summary>
    public bool ListStatus => Has("LIST-STATUS");

    /// <summary>STATUS (SIZE) (RFC 8438).</summary>
    public bool StatusSize => Has("STATUS=SIZE");

    /// <summary>ESEARCH (RFC 4731).</summary>
    public bool ESearch => Has("ESEARCH");

    /// <summary>ID (RFC 2971).</summary>
    public bool Id => Has("ID");

    /// <summary>NAMESPACE (RFC 2342).</summary>
    public bool Namespace => Has("NAMESPACE");

    /// <summary>UIDPLUS (RFC 4315).</summary>
    public bool UidPlus => Has("UIDPLUS");

    /// <summary>MOVE (RFC 6851).</summary>
    public bool Move => Has("MOVE");

    /// <summary>UNSELECT (RFC 3691).</summary>
    public bool Unselect => Has("UNSELECT");

    /// <summary>MAILBOXID and EMAILID (RFC 8474).</summary>
    public bool ObjectId => Has("OBJECTID");

    /// <summary>Gmail's X-GM-MSGID, X-GM-THRID, X-GM-LABELS.</summary>
    public bool Gmail => Has("X-GM-EXT-1");

    /// <summary>Whether the server announced it, or announced IMAP4rev2 which contains it.</summary>
    /// <param name="name">Capability in capitals.</param>
    public bool Has(string name) => _names.Contains(name) || (Rev2 && Array.IndexOf(InRev2, name) >= 0);
}
