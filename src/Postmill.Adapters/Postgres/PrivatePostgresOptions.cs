namespace Postmill.Adapters.Postgres;

/// <summary>PostgreSQL of the host's own, for when no connection string is given.</summary>
internal sealed record PrivatePostgresOptions
{
    /// <summary>The host's data directory (setting <c>Postmill__Data__Directory</c>); the cluster lives in <c>postgres</c> below it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where to look for <c>initdb</c> and <c>postgres</c>; null: the PATH and /usr/lib/postgresql/*/bin.</summary>
    public IReadOnlyList<string>? BinaryDirectories { get; init; }

    /// <summary>First start including crash recovery; a large write-ahead log takes its time.</summary>
    public TimeSpan StartDeadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Until a fast shutdown is followed by an immediate one, which loses nothing but makes the next start recover.</summary>
    public TimeSpan StopDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where the cluster goes when the postgres user cannot pass through to the data directory (a checkout under /root).</summary>
    public string OutOfReachDirectory { get; init; } = "/var/lib/postmill";
}
