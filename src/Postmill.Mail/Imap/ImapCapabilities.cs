using Kit = MailKit.Net.Imap.ImapCapabilities;

namespace Postmill.Mail.Imap;

/// <summary>What the server announced last (RFC 9051 §7.2.2), as far as it makes a difference here. IMAP4rev2 includes what it took over from the extensions of IMAP4rev1.</summary>
public sealed record ImapCapabilities
{
    internal ImapCapabilities(Kit announced)
    {
        LoginDisabled = announced.HasFlag(Kit.LoginDisabled);
        Id = announced.HasFlag(Kit.Id);
        Idle = announced.HasFlag(Kit.Idle);
        CondStore = announced.HasFlag(Kit.CondStore) || announced.HasFlag(Kit.QuickResync);
        QResync = announced.HasFlag(Kit.QuickResync);
        Enable = announced.HasFlag(Kit.Enable);
        Unselect = announced.HasFlag(Kit.Unselect);
        UidPlus = announced.HasFlag(Kit.UidPlus);
        Move = announced.HasFlag(Kit.Move);
        ListStatus = announced.HasFlag(Kit.ListStatus);
    }

    /// <summary>LOGIN is refused (RFC 9051 §6.2.3).</summary>
    public bool LoginDisabled { get; }

    /// <summary>ID (RFC 2971).</summary>
    public bool Id { get; }

    /// <summary>IDLE (RFC 2177).</summary>
    public bool Idle { get; }

    /// <summary>CONDSTORE (RFC 7162), also as part of QRESYNC.</summary>
    public bool CondStore { get; }

    /// <summary>QRESYNC (RFC 7162).</summary>
    public bool QResync { get; }

    /// <summary>ENABLE (RFC 5161).</summary>
    public bool Enable { get; }

    /// <summary>UNSELECT (RFC 3691).</summary>
    public bool Unselect { get; }

    /// <summary>UIDPLUS (RFC 4315).</summary>
    public bool UidPlus { get; }

    /// <summary>MOVE (RFC 6851).</summary>
    public bool Move { get; }

    /// <summary>LIST … RETURN (STATUS …) (RFC 5819).</summary>
    public bool ListStatus { get; }
}
