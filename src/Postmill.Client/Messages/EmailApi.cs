using System.Globalization;
using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary><c>/api/accounts/{id}/emails</c> and <c>/api/emails</c>.</summary>
public sealed partial class EmailApi
{
    private readonly ApiWire _wire;

    internal EmailApi(ApiWire wire) => _wire = wire;

    /// <summary>An account's mail, newest first. A page is fetched when it is needed; mail that arrives meanwhile moves nothing.</summary>
    /// <param name="accountId">Also of an account that is disconnected.</param>
    /// <param name="filter">Default: all.</param>
    /// <param name="pageSize">Mails fetched at once, 1 to 100.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<Email> ListAsync(string accountId, EmailFilter? filter = null, int pageSize = ClientLimits.PageSize, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, ClientLimits.PageSize);
        var path = Of(accountId, "emails");
        return Pages.FollowAsync<Email>(async (cursor, token) =>
        {
            var page = await _wire.SendAsync(HttpMethod.Get, path + Query(filter ?? new EmailFilter(), pageSize, cursor), ClientJson.Default.EmailPage, token).ConfigureAwait(false);
            return (page.Emails, page.NextCursor);
        }, cancellationToken);
    }

    /// <summary>Looks for mail in all folders of an account, best or newest first; <see cref="Email.SnippetHtml"/> marks the hits. Page by page, as <see cref="ListAsync"/>.</summary>
    /// <param name="accountId">Also of an account that is disconnected.</param>
    /// <param name="search">What to look for.</param>
    /// <param name="pageSize">Mails fetched at once, 1 to 100.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<Email> SearchAsync(string accountId, EmailSearch search, int pageSize = 20, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(search);
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, ClientLimits.PageSize);
        var path = Of(accountId, "emails/search");
        return Pages.FollowAsync<Email>(async (cursor, token) =>
        {
            var body = search with { Limit = pageSize, Cursor = cursor };
            var page = await _wire.SendAsync(HttpMethod.Post, path, body, ClientJson.Default.EmailSearch, ClientJson.Default.EmailPage, token).ConfigureAwait(false);
            return (page.Emails, page.NextCursor);
        }, cancellationToken);
    }

    /// <summary>One mail without its body.</summary>
    public async Task<Email> GetAsync(string emailId, CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, Path(emailId), ClientJson.Default.EmailAnswer, cancellationToken).ConfigureAwait(false)).Email;

    /// <summary>Changes what is shown of a mail at once; with <paramref name="provider"/> the mail server is told too, by a job (<see cref="JobApi"/>).</summary>
    /// <param name="emailId">The mail.</param>
    /// <param name="change">What is null stays.</param>
    /// <param name="provider">Needs something that a mail server can be told: read, starred, or one of its folders.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<EmailChanged> ChangeAsync(string emailId, EmailChange change, bool provider = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        return _wire.SendAsync(HttpMethod.Patch, Path(emailId) + Provider(provider), change, ClientJson.Default.EmailChange, ClientJson.Default.EmailChanged, cancellationToken);
    }

    /// <summary>
    /// Deletes the record; no sync brings it back. The mail server's mail stays as it is, or with <paramref name="provider"/> goes to its trash, or out of it, by the job that is
    /// the answer.
    /// </summary>
    public async Task<EnqueuedJob?> DeleteAsync(string emailId, bool provider = false, CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Delete, Path(emailId) + Provider(provider), ClientJson.Default.EmailDeleted, cancellationToken).ConfigureAwait(false)).Provider;

    /// <summary>Text, HTML and header fields.</summary>
    public async Task<EmailBody> GetBodyAsync(string emailId, CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, Path(emailId) + "/body", ClientJson.Default.BodyAnswer, cancellationToken).ConfigureAwait(false)).Body;

    /// <summary>Its parts, in their order.</summary>
    public async Task<IReadOnlyList<EmailPart>> GetPartsAsync(string emailId, CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, Path(emailId) + "/parts", ClientJson.Default.PartsAnswer, cancellationToken).ConfigureAwait(false)).Parts;

    /// <summary>The decoded content of one part.</summary>
    /// <param name="emailId">The mail.</param>
    /// <param name="partId">Of <see cref="GetPartsAsync"/>.</param>
    /// <param name="offset">Bytes to leave out: what a caller has already.</param>
    /// <param name="cancellationToken">For the opening; each read has its own.</param>
    public Task<EmailContent> OpenPartAsync(string emailId, string partId, long offset = 0, CancellationToken cancellationToken = default) =>
        EmailContent.OpenAsync(_wire, $"{Path(emailId)}/parts/{ApiPath.Segment(partId, nameof(partId))}/content", offset, cancellationToken);

    /// <summary>The mail as it came: message/rfc822.</summary>
    /// <param name="emailId">The mail.</param>
    /// <param name="offset">Bytes to leave out: what a caller has already.</param>
    /// <param name="cancellationToken">For the opening; each read has its own.</param>
    public Task<EmailContent> OpenRawAsync(string emailId, long offset = 0, CancellationToken cancellationToken = default) =>
        EmailContent.OpenAsync(_wire, Path(emailId) + "/raw", offset, cancellationToken);

    private static string Provider(bool asked) => asked ? "?provider=true" : "";

    private static string Path(string emailId) => $"api/emails/{ApiPath.Segment(emailId, nameof(emailId))}";

    private static string Query(EmailFilter filter, int pageSize, string? cursor) => ApiPath.Query(
        ("limit", pageSize.ToString(CultureInfo.InvariantCulture)),
        ("cursor", cursor),
        ("folder", filter.Folder),
        ("direction", filter.Direction),
        ("unread", ApiPath.Text(filter.Unread)),
        ("starred", ApiPath.Text(filter.Starred)),
        ("has_attachments", ApiPath.Text(filter.HasAttachments)),
        ("thread_id", filter.ThreadId),
        ("message_id", filter.MessageId),
        ("after", ApiPath.Text(filter.After)),
        ("before", ApiPath.Text(filter.Before)));
}
