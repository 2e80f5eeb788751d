namespace Postmill.Host.Http.Idempotency;

/// <summary>Marks a route that heeds <c>Idempotency-Key</c>.</summary>
/// <param name="AnswerIsSecret">The answer of a success is not kept: a repeat hears that it was carried out.</param>
internal sealed record Idempotent(AfterLoss AfterLoss, bool AnswerIsSecret);

/// <summary>What a repeat does after a run whose end nobody knows: its silo was lost, or it answered 5xx.</summary>
internal enum AfterLoss
{
    /// <summary>It runs. For what is guarded by its own rules (an address is connected once) or harmless when done twice.</summary>
    RunAgain,

    /// <summary>It is refused with <c>idempotency_outcome_unknown</c> until the key expires. For what cannot be taken back.</summary>
    Refuse,
}

internal static class IdempotentRoutes
{
    public static TBuilder WithIdempotency<TBuilder>(this TBuilder route, AfterLoss afterLoss, bool answerIsSecret = false) where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new Idempotent(afterLoss, answerIsSecret));
}
