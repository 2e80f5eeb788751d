namespace Postmill.Grains.Tests.OnOrleans;

/// <summary>Where a test's calls come from, and how many silos there are.</summary>
public enum Layout
{
    /// <summary>One silo; the caller is in it.</summary>
    One,

    /// <summary>One silo; the caller is outside of it, with a connection between.</summary>
    Apart,

    /// <summary>Three silos, real time, and a caller that is none of them.</summary>
    Three,
}
