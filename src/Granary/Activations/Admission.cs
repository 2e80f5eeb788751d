namespace Granary.Activations;

/// <summary>Whose calls the silo takes.</summary>
internal enum Admission
{
    /// <summary>Everybody's.</summary>
    Open,

    /// <summary>Those of grains, so that what has begun can finish.</summary>
    GrainsOnly,

    /// <summary>Nobody's.</summary>
    Closed,
}
