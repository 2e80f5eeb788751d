namespace Postmill.Domain.Sync;

/// <summary>What a trigger leads to; closed.</summary>
public abstract record SyncDecision
{
    private SyncDecision() { }

    /// <summary>Save <paramref name="State"/>, then run.</summary>
    public sealed record Start(SyncState State) : SyncDecision;

    /// <summary>A run is going; it serves this trigger too.</summary>
    public sealed record Join : SyncDecision;

    /// <summary>Inside the throttle window: the previous result, the mail server is left alone.</summary>
    public sealed record Throttled : SyncDecision;

    /// <summary>Nothing is due.</summary>
    public sealed record NotDue : SyncDecision;
}
