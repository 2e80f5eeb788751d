namespace Postmill.Domain.Hosts;

/// <summary>What a process may use of a mail host beyond its base, and what is known of the host.</summary>
/// <param name="Lent">For <paramref name="Term"/> since it asked.</param>
/// <param name="Term">Asked again earlier, it is renewed.</param>
/// <param name="Pause">The host is left alone for so long; zero: not at all.</param>
/// <param name="Broken">Capabilities that are not used there, for example QRESYNC.</param>
[GenerateSerializer, Immutable, Alias("mailhost.share")]
public sealed record HostShare(
    [property: Id(0)] HostAmount Lent,
    [property: Id(1)] TimeSpan Term,
    [property: Id(2)] TimeSpan Pause,
    [property: Id(3)] IReadOnlyList<string> Broken);
