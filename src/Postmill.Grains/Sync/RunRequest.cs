namespace Postmill.Grains.Sync;

/// <summary>A run that the grain asked its worker for, and what becomes of it until the report.</summary>
internal sealed class RunRequest(Guid runId, RunScope scope, CancellationToken hurry, CancellationToken stopped)
{
    private bool _triedAgain;

    public Guid RunId { get; } = runId;

    public RunScope Scope { get; } = scope;

    /// <summary>Cancelled when nobody wants it any more.</summary>
    public CancellationToken Stopped { get; } = stopped;

    /// <summary>Cancelled when a person waits for it.</summary>
    public CancellationToken Hurry { get; } = hurry;

    /// <summary>When it had passed the gates; null while it waits.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>True once.</summary>
    public bool MayTryAgain() => !_triedAgain && (_triedAgain = true);
}
