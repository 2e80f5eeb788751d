namespace Postmill.Host.Start;

/// <summary>What ends before the grains do, in this order. The engine's own part (activations, then the lease) comes after.</summary>
internal enum DrainStage
{
    /// <summary>No more is wanted: readiness off, and a moment for load balancers to see it; the silo gets no new grains.</summary>
    Readiness,

    /// <summary>Nobody looks for work any more.</summary>
    Sweeps,

    /// <summary>Sockets are closed with 1001, requests finish, the server stops.</summary>
    Connections,
}
