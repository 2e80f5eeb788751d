namespace Postmill.Client.Http;

/// <summary>The <c>Idempotency-Key</c> of a request that creates or sends: the service carries out one of all that have it, so that it may be sent again.</summary>
internal static class RequestKey
{
    public const string Header = "Idempotency-Key";

    private const int MostChars = 128;

    /// <param name="given">The caller's, so that a repeat of his own is the same request; null: one for this call.</param>
    public static string Of(string? given)
    {
        if (given is null) return Guid.NewGuid().ToString("N");
        if (given.Length is 0 or > MostChars || given.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ArgumentException($"an idempotency key has 1 to {MostChars} visible ASCII characters", nameof(given));
        return given;
    }
}
