using Postmill.Domain.Sending;
using Postmill.Grains.Sending;
using Postmill.Host.Accounts;
using Postmill.Host.Http;

namespace Postmill.Host.Sending;

/// <summary>Why a mail was not taken, as each route says it.</summary>
internal static class SendRefusals
{
    /// <param name="field">The route's name for a field of the draft.</param>
    public static ApiError Of(SendOutcome outcome, Func<string, string> field) => outcome switch
    {
        SendOutcome.NotFound => AccountRoutes.NotFound(),
        SendOutcome.NotTheAccount => FromNotAllowed(),
        SendOutcome.KeyReused => ApiErrors.Conflict("idempotency_key_reused", "this idempotency key belongs to another mail"),
        SendOutcome.Suppressed { Addresses: var addresses } =>
            ApiErrors.Unprocessable(SendFailure.Suppressed, $"on your suppression list: {string.Join(", ", addresses)}"),
        SendOutcome.TooLarge { Text: var text } => ApiErrors.MailTooLarge(text),
        SendOutcome.Invalid invalid => ApiErrors.BadRequest(field(invalid.Field), invalid.Index is { } at ? $"[{at}] {invalid.Text}" : invalid.Text),
        _ => throw new InvalidOperationException("SendOutcome is closed"),
    };

    public static ApiError FromNotAllowed() => ApiErrors.Forbidden("from_not_allowed", "the sender must be the address of a connected account that you may send from");

    /// <summary>The account route's words.</summary>
    public static string AccountField(string field) => field switch
    {
        "from" or "to" or "cc" or "bcc" or "reply_to" => $"{field}_json",
        "text" or "html" => $"{field}_body",
        _ => field,
    };
}
