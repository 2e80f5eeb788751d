namespace Postmill.Grains.Sync;

/// <summary>IMAP capabilities that servers are known to announce and break.</summary>
public static class Capabilities
{
    /// <summary>RFC 7162 §3.2: what changed and what vanished since a mod-sequence.</summary>
    public const string QResync = "QRESYNC";
}
