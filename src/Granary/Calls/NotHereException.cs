using Orleans.Runtime;

namespace Granary.Calls;

/// <summary>
/// The call has not begun and can not run on this silo: the grain belongs to another one, or this one is leaving. Only the engine throws it, and it ends at the router or
/// the silo's port: no grain and no caller ever sees it, so that it always means "nothing happened".
/// </summary>
internal sealed class NotHereException(string message, string? owner) : SiloUnavailableException(message)
{
    /// <summary>The address of the silo that this one takes for the owner.</summary>
    public string? Owner => owner;
}
