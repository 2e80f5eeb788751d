using Postmill.Grains.Sync;
using Postmill.Mail.Imap;

namespace Postmill.Adapters.Mail;

/// <summary>What the server said about the open folder, asked or not, since somebody last took it. No news between two waits is lost.</summary>
internal sealed class FolderWatch
{
    private uint _exists;
    private FolderSignal? _signal;

    /// <summary>A folder is about to be opened: what was said of the last one is void.</summary>
    public void Reset() => _signal = null;

    public void Selected(uint exists) => _exists = exists;

    /// <summary>True when there is something to take.</summary>
    public bool Saw(ImapEvent happened)
    {
        switch (happened)
        {
            case ImapExists { Count: var count }:
                // A growth must not hide that something else changed before it, nor the other way round: Changed looks at everything.
                if (count > _exists) _signal ??= FolderSignal.Grew;
                _exists = count;
                break;
            case ImapExpunge:
                if (_exists > 0) _exists--;
                _signal = FolderSignal.Changed;
                break;
            case ImapVanished { Earlier: false, Uids: var uids }:
                _exists = (uint)Math.Max(0, _exists - uids.Count);
                _signal = FolderSignal.Changed;
                break;
            case ImapFlagsChanged:
                _signal = FolderSignal.Changed;
                break;
        }

        return _signal is not null;
    }

    public FolderSignal? Take()
    {
        var taken = _signal;
        _signal = null;
        return taken;
    }
}
