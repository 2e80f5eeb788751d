namespace Postmill.Grains.Sync;

/// <summary>One run over every selectable folder, INBOX first. The cost is in the changes: an unchanged folder is told by its STATUS.</summary>
internal sealed class SyncRun(OwnedMailbox owned, ISyncStore store, IGrainFactory grains, SyncOptions options)
{
    /// <summary>Makes the stored folders those of the server.</summary>
    /// <exception cref="MailboxFaultException">The mail server failed.</exception>
    public async Task ListAsync(CancellationToken cancellationToken) =>
        await store.ReconcileFoldersAsync(owned.Account.Claim, await owned.Mailbox.ListAsync(cancellationToken), owned.Account.State.FirstSyncedAt is null, cancellationToken);

    /// <summary>Answers how many new messages were stored.</summary>
    /// <exception cref="MailboxFaultException">The mail server failed; what was stored until then stays.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var listed = await owned.Mailbox.ListAsync(cancellationToken);
        var folders = await store.ReconcileFoldersAsync(owned.Account.Claim, listed, owned.Account.State.FirstSyncedAt is null, cancellationToken);
        var statuses = listed.ToDictionary(f => f.WireName, f => f.Status, StringComparer.Ordinal);
        var sync = new FolderSync(owned, store, grains, options);
        var stored = 0;
        foreach (var folder in folders.Where(f => f.Selectable))
            stored += await sync.RunAsync(folder, statuses.GetValueOrDefault(folder.WireName), cancellationToken) ?? 0;
        return stored;
    }
}
