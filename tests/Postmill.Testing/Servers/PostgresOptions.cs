namespace Postmill.Testing.Servers;

/// <param name="Durable">fsync, full-page writes and synchronous commit on: for tests that kill the server and look at what is left.</param>
/// <param name="Tcp">Listen on a loopback port too, for tests that put something between client and server.</param>
public sealed record PostgresOptions(bool Durable = false, bool Tcp = false)
{
    /// <summary>Sessions of all databases of one test process together.</summary>
    public int MaxConnections { get; init; } = 300;

    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
