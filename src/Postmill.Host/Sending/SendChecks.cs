using Postmill.Host.Http;
using Postmill.Host.Http.Idempotency;
using Postmill.Host.Messages;

namespace Postmill.Host.Sending;

/// <summary>What the two send routes ask of a body alike.</summary>
internal static class SendChecks
{
    private const int LineChars = 998; // RFC 5322 section 2.1.1

    /// <summary>To, Cc and Bcc; a mail has somebody to go to.</summary>
    public static void Recipients(FieldErrors errors, (string Field, AddressList? List) to, (string Field, AddressList? List) cc, (string Field, AddressList? List) bcc)
    {
        AddressList.Check(errors, to.Field, to.List, SendingLimits.To);
        AddressList.Check(errors, cc.Field, cc.List, SendingLimits.Cc);
        AddressList.Check(errors, bcc.Field, bcc.List, SendingLimits.Bcc);
        if ((to.List?.Count ?? 0) + (cc.List?.Count ?? 0) + (bcc.List?.Count ?? 0) == 0) errors.Add(to.Field, $"is required: give {to.Field}, {cc.Field} or {bcc.Field}");
    }

    public static void Line(FieldErrors errors, string field, string? text) =>
        errors.Optional(field, text, LineChars).Check(text?.Any(char.IsControl) is not true, field, "must be one line");

    public static void Key(FieldErrors errors, string field, string? key) =>
        errors.Check(key is null || IdempotencyKey.IsOne(key), field, $"must have 1 to {IdempotencyLimits.MaxKey} visible ASCII characters");

    public static void Tags(FieldErrors errors, IReadOnlyList<string?>? tags) => _ = ChangeEmail.CheckTags(errors, [.. (tags ?? []).Select(tag => tag ?? "")]);

    public static string[] Once(IReadOnlyList<string?>? tags) => [.. (tags ?? []).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>A Message-ID without its angle brackets; null for none.</summary>
    public static string? Id(string? given) => given?.Trim(' ', '<', '>') is { Length: > 0 } id ? id : null;
}
