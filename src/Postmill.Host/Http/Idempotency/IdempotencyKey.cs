using System.Diagnostics.CodeAnalysis;

namespace Postmill.Host.Http.Idempotency;

/// <summary>The header <c>Idempotency-Key</c>: 1 to 128 visible ASCII characters, chosen by the client.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    public const string ReplayedHeader = "Idempotent-Replayed";

    public static bool IsPresent(HttpRequest request) => request.Headers.ContainsKey(Header);

    public static bool TryRead(HttpRequest request, [NotNullWhen(true)] out string? key)
    {
        key = request.Headers[Header] is [{ } only] ? only : null;
        return key is not null && IsOne(key);
    }

    public static bool IsOne(string key) => key.Length is > 0 and <= IdempotencyLimits.MaxKey && !key.AsSpan().ContainsAnyExceptInRange('!', '~');

    public static ApiError Invalid() =>
        ApiErrors.BadRequest(Header, $"must be given once and have 1 to {IdempotencyLimits.MaxKey} visible ASCII characters");
}
