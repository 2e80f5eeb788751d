namespace Postmill.Host.Start;

/// <summary>What ends before the grains do, in this order. Orleans' own part (activations, then the silo) comes after.</summary>
internal enum DrainStage
{
    /// <summary>No more is wanted: readiness off, and a moment for load balancers to see it.</summary>
    Readiness,

    /// <summary>Nobody looks for work any more.</summary>
    Sweeps,

    /// <summary>Sockets are closed with 1001, requests finish, the server stops.</summary>
    Connections,

    /// <summary>Whoever waits inside a grain, from another silo or a front, is sent on to its next owner.</summary>
    Waits,
}
