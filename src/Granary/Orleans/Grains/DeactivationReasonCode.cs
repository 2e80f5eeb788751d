namespace Orleans;

/// <summary>The kinds of reason an activation ends for; the numbers are Orleans'.</summary>
public enum DeactivationReasonCode : byte
{
    /// <summary>None given.</summary>
    None = 0,

    /// <summary>The silo stops.</summary>
    ShuttingDown = 1,

    /// <summary>It could not be activated.</summary>
    ActivationFailed = 2,

    /// <summary>The directory failed; not used by this engine.</summary>
    DirectoryFailure = 3,

    /// <summary>Nobody called it for long enough.</summary>
    ActivationIdle = 4,

    /// <summary>It did not answer; not used by this engine.</summary>
    ActivationUnresponsive = 5,

    /// <summary>Another activation exists.</summary>
    DuplicateActivation = 6,

    /// <summary>A call of another version came; not used by this engine.</summary>
    IncompatibleRequest = 7,

    /// <summary>Grain code failed.</summary>
    ApplicationError = 8,

    /// <summary>Grain code asked for it.</summary>
    ApplicationRequested = 9,

    /// <summary>It moves; not used by this engine.</summary>
    Migrating = 10,

    /// <summary>The engine asked for it, for example when the silo has lost its lease.</summary>
    RuntimeRequested = 11,

    /// <summary>Memory is short; not used by this engine.</summary>
    HighMemoryPressure = 12,
}
