using System.Runtime.CompilerServices;
using System.Text;
using MailKit.Net.Imap;

namespace Postmill.Mail.Imap;

/// <summary>MailKit's client with folders of ours, known by the names that the server wrote.</summary>
internal sealed class GuardedImapClient : ImapClient
{
    private readonly Dictionary<string, GuardedImapFolder> _folders = new(StringComparer.Ordinal);

    /// <summary>The folder that is open or being opened; what is said of others is no event.</summary>
    public GuardedImapFolder? Open { get; set; }

    // IMAP4rev2 without IMAP4rev1: names are UTF-8 (RFC 9051 §5.1).
    private bool IsRev2Only => Capabilities.HasFlag(MailKit.Net.Imap.ImapCapabilities.IMAP4rev2) && !Capabilities.HasFlag(MailKit.Net.Imap.ImapCapabilities.IMAP4rev1);

    /// <summary>Hears what the server says unasked of the open folder.</summary>
    public Action<ImapEvent>? Heard { get; set; }

    /// <summary>All folders that the server has named.</summary>
    public IEnumerable<GuardedImapFolder> Folders => _folders.Values;

    /// <summary>The folder, if the server has named it.</summary>
    public GuardedImapFolder? Find(ImapMailboxName name) =>
        _folders.GetValueOrDefault(name.Wire) ?? (name.IsInbox ? Inbox as GuardedImapFolder : null);

    public ImapMailboxName NameOf(string wire) => ImapMailboxName.FromWire(wire, IsRev2Only);

    public void Say(GuardedImapFolder folder, ImapEvent happened)
    {
        if (folder == Open) Heard?.Invoke(happened);
    }

    protected override ImapFolder CreateImapFolder(ImapFolderConstructorArgs args)
    {
        // MailKit has decoded the octets as UTF-8; a name in another encoding goes out other than it came, and the server will not know it.
        var wire = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(EncodedName(args)));
        var folder = new GuardedImapFolder(args, NameOf(wire), this);
        _folders[wire] = folder;
        return folder;
    }

    /// <summary>The name as on the wire, which MailKit keeps to itself. Its own decoding of it is not the same for every name, so that two folders could not be told apart.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "EncodedName")]
    private static extern ref string EncodedName(ImapFolderConstructorArgs args);
}
