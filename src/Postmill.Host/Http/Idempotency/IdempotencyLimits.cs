namespace Postmill.Host.Http.Idempotency;

/// <summary>Bounds of what is kept for requests with an <c>Idempotency-Key</c>. How many a user may have is bounded by his requests per minute.</summary>
internal static class IdempotencyLimits
{
    /// <summary>Characters, as the contract's <c>idempotency_key</c>.</summary>
    public const int MaxKey = 128;

    /// <summary>Bytes of an answer that are kept; answers to what creates or sends are a few hundred. A longer one is given once only.</summary>
    public const int MaxAnswer = 64 * 1024;

    /// <summary>Rows removed by one statement.</summary>
    public const int PruneRows = 1_000;

    /// <summary>How long a repeat gets the first answer.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Longer than any request may take (a sync is waited for 60 s, two logins take less): a run without an answer after this was lost.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>What a repeat is told to wait for a running one.</summary>
    public static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <summary>For the database, after the request is done: its client may be gone by then.</summary>
    public static readonly TimeSpan KeepWithin = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan PruneEvery = TimeSpan.FromMinutes(10);
}
