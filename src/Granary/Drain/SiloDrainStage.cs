namespace Granary.Drain;

/// <summary>The stages of a silo's end, in order. A stage begins when the one before is over or its time is up.</summary>
public enum SiloDrainStage
{
    /// <summary>Say that no more work is wanted: readiness off, the silo marked as draining.</summary>
    Readiness = 0,

    /// <summary>Stop looking for work.</summary>
    Sweeps = 1,

    /// <summary>Close what clients hold open.</summary>
    Connections = 2,

    /// <summary>The engine's own: refuse calls from outside, run the queued ones, end the activations.</summary>
    Activations = 3,

    /// <summary>The engine's own: give the lease back.</summary>
    Lease = 4,
}
