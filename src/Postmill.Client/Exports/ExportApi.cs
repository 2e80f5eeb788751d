using System.Runtime.CompilerServices;
using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary><c>/api/accounts/{id}/exports</c> and <c>/api/exports</c>: an account's mail as one file.</summary>
public sealed class ExportApi
{
    private readonly ApiWire _wire;

    internal ExportApi(ApiWire wire) => _wire = wire;

    /// <summary>An account's exports, newest first, page by page.</summary>
    public IAsyncEnumerable<Export> ListAsync(string accountId, CancellationToken cancellationToken = default)
    {
        var path = Of(accountId);
        return Pages.FollowAsync<Export>(async (cursor, token) =>
        {
            var page = await _wire.SendAsync(HttpMethod.Get, path + JobApi.Query(null, cursor), ClientJson.Default.ExportPage, token).ConfigureAwait(false);
            return (page.Exports, page.NextCursor);
        }, cancellationToken);
    }

    /// <summary>Asks for one and answers at once; <see cref="FollowAsync"/> tells when it is ready.</summary>
    /// <param name="accountId">Also of an account that is disconnected.</param>
    /// <param name="format"><c>mbox</c> or <c>zip</c>.</param>
    /// <param name="filter">Default: all mail.</param>
    /// <param name="idempotencyKey">Default: one for this call.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public async Task<EnqueuedExport> CreateAsync(
        string accountId, string format, EmailFilter? filter = null, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        var body = new NewExport(format, filter is null ? null : new ExportFilter(
            filter.Folder, filter.Direction, filter.Unread, filter.Starred, filter.HasAttachments, filter.ThreadId, filter.MessageId, filter.After, filter.Before));
        return (await _wire.CreateAsync(Of(accountId), body, ClientJson.Default.NewExport, ClientJson.Default.EnqueuedExportAnswer, idempotencyKey, cancellationToken).ConfigureAwait(false)).Data;
    }

    /// <summary>One export.</summary>
    public async Task<Export> GetAsync(string exportId, CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, Path(exportId), ClientJson.Default.ExportAnswer, cancellationToken).ConfigureAwait(false)).Export;

    /// <summary>The export as it is, and again whenever it changed, until it is ready or will not become so. A line that breaks is sat out.</summary>
    public async IAsyncEnumerable<Export> FollowAsync(string exportId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Export? last = null;
        for (var wait = ClientLimits.FirstLook; ; wait = wait * 2 < ClientLimits.LongestLook ? wait * 2 : ClientLimits.LongestLook)
        {
            var export = await GetPatientlyAsync(exportId, cancellationToken).ConfigureAwait(false);
            if (export != last)
            {
                yield return last = export;
                wait = ClientLimits.FirstLook;
            }

            if (!export.IsOpen) yield break;
            await Task.Delay(wait, _wire.Options.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Its file. A lost connection is taken up again where it broke.</summary>
    /// <param name="exportId">One that is ready.</param>
    /// <param name="offset">Bytes to leave out: what a caller has already.</param>
    /// <param name="cancellationToken">For the opening; each read has its own.</param>
    public Task<EmailContent> OpenAsync(string exportId, long offset = 0, CancellationToken cancellationToken = default) =>
        EmailContent.OpenAsync(_wire, Path(exportId) + "/content", offset, cancellationToken);

    /// <summary>Deletes it; one that is being made stops.</summary>
    public Task DeleteAsync(string exportId, CancellationToken cancellationToken = default) => _wire.SendAsync(HttpMethod.Delete, Path(exportId), ClientJson.Default.Done, cancellationToken);

    private async Task<Export> GetPatientlyAsync(string exportId, CancellationToken cancellationToken)
    {
        for (var losses = 1; ; losses++)
        {
            try
            {
                return await GetAsync(exportId, cancellationToken).ConfigureAwait(false);
            }
            catch (PostmillException e) when (e.IsLoss && losses <= ClientLimits.ResumesWithoutProgress)
            {
                await Task.Delay(Backoff.After(losses), _wire.Options.Clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static string Of(string accountId) => $"api/accounts/{ApiPath.Segment(accountId, nameof(accountId))}/exports";

    private static string Path(string exportId) => $"api/exports/{ApiPath.Segment(exportId, nameof(exportId))}";
}
