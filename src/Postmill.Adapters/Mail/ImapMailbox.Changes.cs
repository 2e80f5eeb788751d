using Postmill.Domain.Messages;
using Postmill.Domain.Sync;
using Postmill.Grains.Acts;
using Postmill.Grains.Sync;
using Postmill.Mail.Imap;

namespace Postmill.Adapters.Mail;

// What changes mail on the server.
internal sealed partial class ImapMailbox
{
    private static readonly string[] Deleted = [@"\Deleted"];
    private static readonly string[] Seen = [@"\Seen"];

    public bool MovesAtOnce => _connection.Capabilities.Move;

    public Task<(OpenedFolder? Folder, SyncFailure? Refusal)> OpenAsync(string wireName, CancellationToken cancellationToken) => FoldAsync(async () =>
    {
        if (_troubles.Refusal(_accountId, wireName) is { } reason) return ((OpenedFolder?)null, (SyncFailure?)new SyncFailure(SyncFailure.ProtocolError, reason));
        _watch.Reset();
        _open = wireName;
        var answer = await _connection.SelectAsync(ImapMailboxName.FromWire(wireName), new ImapSelectOptions(), cancellationToken);
        if (answer.Value is not { } selected) return ((OpenedFolder?)null, (SyncFailure?)Refused(answer.Refusal!, $"The server does not open {wireName}"));
        _watch.Selected(selected.Exists);
        return (Opened(selected, told: false), null);
    });

    public Task<SyncFailure?> ChangeFlagsAsync(UidRanges uids, IReadOnlyList<string> flags, bool set, CancellationToken cancellationToken) => FoldAsync(async () =>
        await _connection.StoreAsync(Set(uids), flags, set, cancellationToken) is { } refusal
            ? Refused(refusal, $"The server does not {(set ? "set" : "take")} {string.Join(' ', flags)}")
            : null);

    public Task<MovedMails> MoveAsync(UidRanges uids, string targetWireName, CancellationToken cancellationToken) => FoldAsync(async () =>
    {
        var target = ImapMailboxName.FromWire(targetWireName);
        var answer = MovesAtOnce ? await _connection.MoveAsync(Set(uids), target, cancellationToken) : await _connection.CopyAsync(Set(uids), target, cancellationToken);
        if (answer.Value is not { } moved) return new MovedMails(Refused(answer.Refusal!, $"The server does not move the mail to {targetWireName}"), 0, UidRanges.Empty);
        var refusal = MovesAtOnce ? null : await TakeOutAsync(Set(uids), cancellationToken);
        return new MovedMails(refusal, moved.UidValidity ?? 0, Ranges(moved.Target));
    });

    public Task<SyncFailure?> RemoveAsync(UidRanges uids, CancellationToken cancellationToken) => FoldAsync(() => TakeOutAsync(Set(uids), cancellationToken));

    public Task<UidRanges> FindAsync(string messageId, CancellationToken cancellationToken) => FoldAsync(async () =>
        Ranges(await _connection.SearchHeaderAsync("Message-ID", messageId, cancellationToken)));

    public Task<MovedMails> AppendAsync(string wireName, StoredContent content, CancellationToken cancellationToken) => FoldAsync(async () =>
    {
        var mail = new ImapAppend(content.Length) { Flags = Seen, InternalDate = content.Date };
        var answer = await _connection.AppendAsync(ImapMailboxName.FromWire(wireName), mail, content.Bytes, cancellationToken);
        if (answer.Value is not { } there) return new MovedMails(Refused(answer.Refusal!, $"The server does not take the mail into {wireName}"), 0, UidRanges.Empty);
        return there is { UidValidity: { } validity, Uid: { } uid } ? new MovedMails(null, validity, UidRanges.Between(uid, uid)) : new MovedMails(null, 0, UidRanges.Empty);
    });

    /// <summary>
    /// Without UIDPLUS the mails stay, marked: a plain EXPUNGE, or closing the folder, would remove whatever else is marked, also by another program a moment ago. Most
    /// programs hide what is marked, and remove it when their user says so.
    /// </summary>
    private async Task<SyncFailure?> TakeOutAsync(UidSet uids, CancellationToken cancellationToken)
    {
        if (await _connection.StoreAsync(uids, Deleted, set: true, cancellationToken) is { } refusal) return Refused(refusal, "The server does not mark the mail as deleted");
        if (!_connection.Capabilities.UidPlus) return null;
        return await _connection.ExpungeAsync(uids, cancellationToken) is { } kept ? Refused(kept, "The server does not remove the mail") : null;
    }

    private static SyncFailure Refused(ImapRefusal refusal, string what) => new(
        refusal.Code is "TRYCREATE" or "NONEXISTENT" ? SyncFailure.NotFound : SyncFailure.ProtocolError,
        refusal.Text.Length > 0 ? $"{what}: {refusal.Text}" : $"{what}.");
}
