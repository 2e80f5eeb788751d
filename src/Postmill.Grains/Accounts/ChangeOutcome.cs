namespace Postmill.Grains.Accounts;

/// <summary>How a change of an account ended.</summary>
public enum ChangeOutcome
{
    Done,

    /// <summary>Not there, not the user's, or disconnected before.</summary>
    NotThere,

    /// <summary>It is no longer as the client last saw it; nothing was changed.</summary>
    Changed,
}
