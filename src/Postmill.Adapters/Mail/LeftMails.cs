using Postmill.Domain.Messages;

namespace Postmill.Adapters.Mail;

/// <summary>
/// Mails above the largest that is stored, as one connection met them. A folder's count misses them for ever, and each comparison would fetch them again only to
/// drop them.
/// </summary>
internal sealed class LeftMails
{
    /// <summary>Of a connection. Those beyond are fetched and dropped again.</summary>
    private const int Most = 10_000;

    private readonly HashSet<(string Folder, uint Validity, uint Uid)> _left = [];
    private (string Folder, uint Validity) _open = ("", 0);

    public void Opened(string folder, uint validity) => _open = (folder, validity);

    public void Add(uint uid)
    {
        if (_left.Count < Most) _left.Add((_open.Folder, _open.Validity, uid));
    }

    /// <summary>Without those of the open folder that were left.</summary>
    public UidRanges Without(UidRanges uids) =>
        _left.Count == 0 ? uids : uids.Except(UidRanges.OfUids(_left.Where(mail => (mail.Folder, mail.Validity) == _open).Select(mail => mail.Uid)));
}
