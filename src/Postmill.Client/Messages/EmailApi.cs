using System.Globalization;
using System.Runtime.CompilerServices;
using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary><c>/api/accounts/{id}/emails</c> and <c>/api/emails</c>.</summary>
public sealed class EmailApi
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
        var path = $"api/accounts/{ApiPath.Segment(accountId, nameof(accountId))}/emails";
        return PagesAsync(path, filter ?? new EmailFilter(), pageSize, cancellationToken);
    }

    /// <summary>One mail without its body.</summary>
    public async Task<Email> GetAsync(string emailId, CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, Path(emailId), ClientJson.Default.EmailAnswer, cancellationToken).ConfigureAwait(false)).Email;

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

    private static string Path(string emailId) => $"api/emails/{ApiPath.Segment(emailId, nameof(emailId))}";

    private async IAsyncEnumerable<Email> PagesAsync(string path, EmailFilter filter, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await _wire.SendAsync(HttpMethod.Get, path + Query(filter, pageSize, cursor), ClientJson.Default.EmailPage, cancellationToken).ConfigureAwait(false);
            // Either would let a wrong server keep us asking for ever without giving anything.
            if (page.NextCursor is { } next && (next == cursor || page.Emails.Count == 0)) throw new PostmillException("bad_answer", "the list does not come to an end");
            foreach (var email in page.Emails) yield return email;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

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
