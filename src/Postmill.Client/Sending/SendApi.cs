using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary><c>/api/accounts/{id}/smtp/messages</c>: mail that goes out.</summary>
public sealed class SendApi
{
    private readonly ApiWire _wire;

    internal SendApi(ApiWire wire) => _wire = wire;

    /// <summary>Hands a mail in and answers at once: it is stored and goes out by itself. However often this is sent, it is one mail.</summary>
    /// <param name="accountId">A connected one.</param>
    /// <param name="mail">At least one recipient.</param>
    /// <param name="idempotencyKey">Default: one for this call.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public async Task<EnqueuedMail> EnqueueAsync(string accountId, OutgoingMail mail, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(mail);
        var path = $"api/accounts/{ApiPath.Segment(accountId, nameof(accountId))}/smtp/messages";
        var (body, answer) = (ClientJson.Default.OutgoingMail, ClientJson.Default.EnqueuedMailAnswer);
        return (await _wire.CreateAsync(path, mail, body, answer, idempotencyKey, cancellationToken).ConfigureAwait(false)).Data;
    }
}
