using System.Text;
using Postmill.Domain.Access;
using Postmill.Domain.Accounts;
using Postmill.Domain.Acts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Messages;
using Postmill.Grains.Acts;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Tests.Acts;

/// <summary>Places of mails in memory, for syncs and acts alike; a mail is its content.</summary>
internal sealed class PlaceStore : ISyncStore, IActStore
{
    private readonly SortedDictionary<long, StoredFolder> _folders = [];
    private readonly SortedDictionary<(long Folder, uint Uid), (string Content, IReadOnlyList<string> Flags)> _places = [];
    private readonly Dictionary<Guid, string> _contents = [];

    /// <summary>In words, as <see cref="MemoryServer"/> says it.</summary>
    public override string ToString() => string.Join(" | ", _folders.Values.OrderBy(f => f.Name, StringComparer.Ordinal).Select(folder =>
        $"{folder.Name}: {string.Join(' ', _places.Where(p => p.Key.Folder == folder.Id).Select(p => p.Value.Content + string.Concat(p.Value.Flags.Order())))}".TrimEnd()));

    public Guid IdOf(string content)
    {
        if (_contents.FirstOrDefault(c => c.Value == content) is { Value: not null } known) return known.Key;
        var id = Guid.NewGuid();
        _contents[id] = content;
        return id;
    }

    public Task<IReadOnlyList<StoredFolder>> ReconcileFoldersAsync(Claim claim, IReadOnlyList<ServerFolder> folders, bool firstSync, CancellationToken cancellationToken)
    {
        foreach (var folder in folders.Where(f => _folders.Values.All(known => known.WireName != f.WireName)))
            _folders[_folders.Count + 1] = new StoredFolder(_folders.Count + 1, folder.WireName, folder.Name, folder.SpecialUse, folder.Selectable, null, 0, 0, null);
        return FoldersAsync(claim, cancellationToken);
    }

    public Task<StoredFolder?> InboxAsync(Claim claim, CancellationToken cancellationToken) => Task.FromResult(_folders.Values.FirstOrDefault(f => f.SpecialUse == "inbox"));

    public Task<UidRanges> UidsAsync(Claim claim, long folderId, long uidValidity, CancellationToken cancellationToken) =>
        Task.FromResult(UidRanges.OfUids(_places.Keys.Where(p => p.Folder == folderId).Select(p => p.Uid)));

    public Task BeginFolderAsync(Claim claim, StoredFolder folder, long uidValidity, long? highestModSeq, CancellationToken cancellationToken)
    {
        _folders[folder.Id] = folder with { Cursor = new FolderCursor(uidValidity, null, highestModSeq) };
        return Task.CompletedTask;
    }

    public Task<BatchStored> StoreAsync(Claim claim, MailBatch batch, CancellationToken cancellationToken)
    {
        foreach (var mail in batch.Mails)
        {
            var content = Encoding.ASCII.GetString(mail.Raw.Span);
            IdOf(content);
            _places[(batch.Folder.Id, mail.Uid)] = (content, mail.Flags);
        }

        return Task.FromResult(new BatchStored(0, null));
    }

    public Task ApplyFlagsAsync(Claim claim, long folderId, long uidValidity, IReadOnlyList<FlagChange> changes, CancellationToken cancellationToken)
    {
        foreach (var change in changes)
            if (_places.TryGetValue((folderId, change.Uid), out var place)) _places[(folderId, change.Uid)] = (place.Content, change.Flags);
        return Task.CompletedTask;
    }

    public Task RemoveAsync(Claim claim, long folderId, long uidValidity, UidRanges uids, CancellationToken cancellationToken)
    {
        foreach (var place in _places.Keys.Where(p => p.Folder == folderId && uids.Contains(p.Uid)).ToList()) _places.Remove(place);
        return Task.CompletedTask;
    }

    public Task<long> FinishFolderAsync(Claim claim, long folderId, FolderCursor cursor, CancellationToken cancellationToken)
    {
        var count = _places.Keys.Count(p => p.Folder == folderId);
        _folders[folderId] = _folders[folderId] with { Cursor = cursor, MessageCount = count };
        return Task.FromResult((long)count);
    }

    public Task ParkFolderAsync(Claim claim, long folderId, string? reason, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<MailboxAct>> ClaimDueAsync(Claim claim, int most, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task EndAsync(Claim claim, Job job, AuditLine? line, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<MessagePlace>> PlacesAsync(Claim claim, Guid messageId, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<MessagePlace>>(
        [.. _places.Where(p => p.Value.Content == _contents[messageId]).Select(p => Place(_folders[p.Key.Folder], p.Key.Uid, p.Value.Flags))]);

    public Task<IReadOnlyList<StoredFolder>> FoldersAsync(Claim claim, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<StoredFolder>>([.. _folders.Values]);

    public Task PlaceAsync(Claim claim, PlaceChange change, CancellationToken cancellationToken)
    {
        if (change.Left is { } left) RemoveAsync(claim, left.FolderId, left.UidValidity, left.Uids, cancellationToken);
        if (change.Came is not { } came) return Task.CompletedTask;
        for (var uid = came.Uids[0].First; uid <= came.Uids.Max; uid++) _places[(came.FolderId, uid)] = (_contents[change.MessageId], change.Flags);
        return Task.CompletedTask;
    }

    public Task<StoredContent?> ContentAsync(Claim claim, Guid messageId, CancellationToken cancellationToken)
    {
        var content = Encoding.ASCII.GetBytes(_contents[messageId]);
        return Task.FromResult<StoredContent?>(new StoredContent(_contents[messageId], DateTimeOffset.UnixEpoch, content.Length, new MemoryStream(content)));
    }

    private static MessagePlace Place(StoredFolder folder, uint uid, IReadOnlyList<string> flags) =>
        new(folder.Id, folder.WireName, folder.SpecialUse, folder.Cursor!.UidValidity, uid, flags);
}
