namespace Postmill.Adapters.Postgres.Http;

/// <summary>What a request with an <c>Idempotency-Key</c> finds.</summary>
internal abstract record IdempotencyClaim
{
    /// <summary>It is the one to run.</summary>
    public sealed record Run : IdempotencyClaim;

    /// <summary>It was answered before.</summary>
    public sealed record Answered(KeptAnswer Answer) : IdempotencyClaim;

    /// <summary>Another request had this key.</summary>
    public sealed record Reused : IdempotencyClaim;

    /// <summary>The same request is running until then, or its silo was lost.</summary>
    public sealed record Running(DateTimeOffset Until) : IdempotencyClaim;
}

/// <param name="Body">Null for one that is given once only.</param>
internal sealed record KeptAnswer(int Status, string? ContentType, byte[]? Body);
