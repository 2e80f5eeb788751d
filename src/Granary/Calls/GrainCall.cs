using Orleans.Runtime;

namespace Granary.Calls;

/// <summary>One call as a value: everything a router needs to run it here or send it elsewhere. Its arguments are already isolated from the caller.</summary>
internal sealed class GrainCall
{
    public required GrainId Target { get; init; }

    public required GrainMethod Method { get; init; }

    public GrainCallKind Kind { get; init; }

    /// <summary>In the method's order; the place of a <see cref="CancellationToken"/> is filled by the callee.</summary>
    public object?[] Arguments { get; init; } = [];

    /// <summary>Which stream, for the kinds that concern one.</summary>
    public Guid EnumerationId { get; init; }

    /// <summary>Where that stream runs, for its reader's side; it does not travel.</summary>
    public StreamPlace? Place { get; init; }

    /// <summary>How long the caller waits.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>When the caller stops waiting, as a timestamp of the caller's clock.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>Whether grain code makes the call; such calls still run while the silo drains.</summary>
    public bool FromGrain { get; init; }

    /// <summary>Cancelled when the caller no longer waits; null when neither the caller nor the method has a token.</summary>
    public CancellationTokenSource? GivenUp { get; init; }

    public override string ToString() => $"{Method} of {Target}";
}
