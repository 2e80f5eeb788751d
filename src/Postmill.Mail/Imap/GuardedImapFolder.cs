using MailKit;
using MailKit.Net.Imap;

namespace Postmill.Mail.Imap;

/// <summary>MailKit's folder, which tells what the server says of it unasked, and takes contents into arrays of their exact size.</summary>
internal sealed class GuardedImapFolder(ImapFolderConstructorArgs args, ImapMailboxName name, GuardedImapClient client) : ImapFolder(args)
{
    private FolderAccess _asked;
    private int _largest;
    private long _unclaimed;

    /// <summary>Its name, as on the wire.</summary>
    public ImapMailboxName WireName { get; } = name;

    /// <summary>Whether the number of messages was told since somebody last reset it: MailKit keeps what it was told before, and passes over a number such as 1.8e+06.</summary>
    public bool IsCountTold { get; set; }

    /// <summary>Gathers what QRESYNC tells while the folder is opened; null: it is told as events.</summary>
    public Resync? Gathers { get; set; }

    /// <summary>Opens it; many servers do not say the access that they give, and MailKit would take that for none.</summary>
    public async Task OpenAsync(FolderAccess access, QResyncParameters? known, CancellationToken cancellationToken)
    {
        _asked = access;
        IsCountTold = false;
        if (known is null) await base.OpenAsync(access, cancellationToken).ConfigureAwait(false);
        else await base.OpenAsync(access, known.UidValidity, (ulong)Math.Max(1, known.ModSeq), [], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins to fetch contents of at most this many octets; larger ones are read past.</summary>
    public void BeginContents(int largest)
    {
        _largest = largest;
        _unclaimed = 0;
    }

    /// <summary>A content has come with its UID.</summary>
    public void Claimed(MailBody body)
    {
        if (body.IsUnclaimed) _unclaimed -= body.Length;
    }

    protected override void OnOpened()
    {
        if (Access == FolderAccess.None) Access = _asked;
        base.OnOpened();
    }

    protected override void OnCountChanged()
    {
        IsCountTold = true;
        base.OnCountChanged();
        client.Say(this, new ImapExists((uint)Math.Max(0, Count)));
    }

    protected override void OnMessageExpunged(MessageEventArgs args)
    {
        base.OnMessageExpunged(args);
        client.Say(this, new ImapExpunge((uint)args.Index + 1));
    }

    protected override void OnMessagesVanished(MessagesVanishedEventArgs args)
    {
        var uids = Named(args.UniqueIds);
        if (Gathers is null) client.Say(this, new ImapVanished(uids, args.Earlier));
        else Gathers.AddVanished(uids);
    }

    protected override void OnMessageFlagsChanged(MessageFlagsChangedEventArgs args)
    {
        var uid = args.UniqueId is { IsValid: true } known ? known.Id : (uint?)null;
        if (Gathers is null) client.Say(this, new ImapFlagsChanged(uid));
        else if (uid is not null) Gathers.Add(new ImapFlags(uid.Value, FlagNames.Of(args.Flags, args.Keywords)));
    }

    // Each UID is named, without an end, and counted wrongly (1:4294967295 as -1). Too many to be named are all: whoever hears that looks at the whole folder.
    private static UidSet Named(IEnumerable<UniqueId> uids)
    {
        var named = new UidSetBuilder();
        var count = 0;
        foreach (var uid in uids)
        {
            if (++count > ImapLimits.VanishedUids) return UidSet.All;
            named.Add(uid.Id);
        }

        return named.Build();
    }

    /// <summary>Contents whose UID is said behind them are kept until then: no more of those at once than one content may have.</summary>
    protected override Stream CreateStream(UniqueId? uid, string section, int offset, int length)
    {
        var fits = length <= _largest && (uid is not null || _unclaimed + length <= _largest);
        if (fits && uid is null) _unclaimed += length;
        return new MailBody(length, fits, isUnclaimed: fits && uid is null);
    }
}

/// <summary>What QRESYNC told.</summary>
internal sealed class Resync
{
    private readonly List<ImapFlags> _changed = [];

    public UidSetBuilder Vanished { get; } = new();

    public IReadOnlyList<ImapFlags> Changed => _changed;

    public bool IsOverflowed { get; private set; }

    public void AddVanished(UidSet uids)
    {
        IsOverflowed |= uids.IsOpen;
        Vanished.Add(uids);
    }

    public void Add(ImapFlags changed)
    {
        if (_changed.Count < ImapLimits.SelectChanges) _changed.Add(changed);
        else IsOverflowed = true;
    }
}
