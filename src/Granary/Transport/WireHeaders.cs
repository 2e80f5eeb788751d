namespace Granary.Transport;

/// <summary>
/// The form of a request between silos: <c>POST /granary/call</c> over HTTP/2 with the bytes of a call, answered with those of its outcome. The names never change;
/// what a newer silo adds, an older one ignores.
/// </summary>
internal static class WireHeaders
{
    public const string Path = "/granary/call";

    /// <summary>The version of the form. A silo takes calls of any version from <see cref="OldestVersion"/> on: a newer one may only have added to it.</summary>
    public const int Version = 1;

    public const int OldestVersion = 1;

    public const string Wire = "granary-wire";

    public const string Key = "granary-key";

    public const string Cluster = "granary-cluster";

    /// <summary>The caller's incarnation.</summary>
    public const string Caller = "granary-caller";

    /// <summary>In the answer "not mine": whom this silo takes for the owner.</summary>
    public const string Owner = "granary-owner";
}
