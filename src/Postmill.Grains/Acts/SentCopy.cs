using Postmill.Domain.Accounts;
using Postmill.Domain.Acts;
using Postmill.Domain.Messages;
using Postmill.Domain.Sync;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Acts;

/// <summary>
/// Puts a mail that was sent into the server's folder of sent mail, once: what the store or the server has there already (an earlier try whose answer was lost, a server
/// that keeps a copy by itself) is not put there again.
/// </summary>
internal sealed class SentCopy(OwnedMailbox owned, SyncPorts ports)
{
    private Claim Claim => owned.Account.Claim;

    /// <summary>Null: it is there.</summary>
    /// <exception cref="MailboxFaultException">The connection is of no use any more; whether the mail was stored is not known.</exception>
    public async Task<SyncFailure?> StoreAsync(Guid messageId, CancellationToken cancellationToken)
    {
        if (await FindFolderAsync(cancellationToken) is not { } folder)
            return new SyncFailure(SyncFailure.NotFound, "the mailbox has no folder for sent mail (special use \\Sent, or a folder named Sent)");
        if ((await ports.Acts.PlacesAsync(Claim, messageId, cancellationToken)).Any(place => place.FolderId == folder.Id)) return null;
        await using var content = await ports.Acts.ContentAsync(Claim, messageId, cancellationToken);
        if (content is null) return new SyncFailure(SyncFailure.NotFound, "the mail was deleted here before its copy was stored");
        if (content.MessageId is { } id && await IsThereAsync(folder, id, cancellationToken))
        {
            await SyncAsync(folder, cancellationToken);
            return null;
        }

        var appended = await owned.Mailbox.AppendAsync(folder.WireName, content, cancellationToken);
        if (appended.Refusal is not null) return appended.Refusal;
        if (appended.UidValidity == 0) await SyncAsync(folder, cancellationToken);
        else await ports.Acts.PlaceAsync(Claim, new PlaceChange(messageId, null, new FolderUids(folder.Id, appended.UidValidity, appended.Uids), [@"\Seen"]), cancellationToken);
        return null;
    }

    /// <summary>Before the first run, and when the folder was made since the last one, the server's list is asked.</summary>
    private async Task<StoredFolder?> FindFolderAsync(CancellationToken cancellationToken)
    {
        if (Of(await ports.Acts.FoldersAsync(Claim, cancellationToken)) is { } known) return known;
        await new SyncRun(owned, ports.Store, ports.Grains, ports.Options).ListAsync(cancellationToken);
        return Of(await ports.Acts.FoldersAsync(Claim, cancellationToken));
    }

    private static StoredFolder? Of(IReadOnlyList<StoredFolder> folders) =>
        SpecialFolders.FindSent(folders.Where(folder => folder.Selectable), folder => folder.SpecialUse, folder => folder.Name);

    private async Task<bool> IsThereAsync(StoredFolder folder, string messageId, CancellationToken cancellationToken)
    {
        var (_, refusal) = await owned.Mailbox.OpenAsync(folder.WireName, cancellationToken);
        return refusal is null && !(await owned.Mailbox.FindAsync(messageId, cancellationToken)).IsEmpty;
    }

    private Task<int?> SyncAsync(StoredFolder folder, CancellationToken cancellationToken) =>
        new FolderSync(owned, ports.Store, ports.Grains, ports.Options).RunAsync(folder, null, cancellationToken);
}
