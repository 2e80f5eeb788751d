using System.Security.Cryptography;

namespace Postmill.Adapters.Postgres;

/// <summary>Makes the cluster and starts and stops its server through <c>pg_ctl</c>, which gives it a session of its own: a Ctrl-C meant for us does not reach it.</summary>
internal sealed class PrivatePostgresCluster(PrivatePostgresPlace place, PrivatePostgresBinaries binaries, PrivatePostgresOptions options)
{
    public const string Role = "postmill";
    private const string SettingsFile = "postmill.conf";
    private const int LogTailLines = 20;

    /// <summary>initdb beside the final name, then one rename: a cluster is whole or not there.</summary>
    public async Task CreateAsync(CancellationToken ct)
    {
        if (Directory.Exists(place.UnfinishedCluster)) Directory.Delete(place.UnfinishedCluster, recursive: true);
        await File.WriteAllTextAsync(place.Password, RandomNumberGenerator.GetHexString(40, lowercase: true), ct);
        // The socket stands in a directory that only the server's user and root may enter; the password is for the loopback port.
        var made = await PrivatePostgresTool.RunAsServerUserAsync([binaries.Program("initdb"), "-D", place.UnfinishedCluster, "-U", Role, "-E", "UTF8", "--locale=C.UTF-8",
            "--auth-local=trust", "--auth-host=scram-sha-256", $"--pwfile={place.Password}"], ct);
        if (made.ExitCode != 0) throw new PrivatePostgresException($"initdb failed: {made.Text}");
        await File.AppendAllTextAsync(Path.Combine(place.UnfinishedCluster, "postgresql.conf"), $"\n# What Postmill needs, written at each start. Put settings of your own below this line.\ninclude_if_exists '{SettingsFile}'\n", ct);
        Directory.Move(place.UnfinishedCluster, place.Cluster);
    }

    /// <param name="port">Loopback port, or null for the socket.</param>
    public async Task StartAsync(int? port, CancellationToken ct)
    {
        await File.WriteAllTextAsync(Path.Combine(place.Cluster, SettingsFile), Settings(port), ct);
        // It must be able to write its log, and pg_ctl only appends.
        File.Delete(place.StartLog);
        var started = await PrivatePostgresTool.RunAsServerUserAsync([binaries.Program("pg_ctl"), "start", "-D", place.Cluster, "-l", place.StartLog, "-w", "-s",
            "-t", $"{(int)options.StartDeadline.TotalSeconds}"], ct);
        if (started.ExitCode != 0)
            throw new PrivatePostgresException($"PostgreSQL in {place.Cluster} did not start: {started.Text}\n{LogTail()}");
    }

    /// <summary>Fast: sessions are cut off, a checkpoint is written. Past its deadline immediate.</summary>
    public async Task<bool> StopAsync(CancellationToken ct)
    {
        var fast = await PrivatePostgresTool.RunAsServerUserAsync([binaries.Program("pg_ctl"), "stop", "-D", place.Cluster, "-m", "fast", "-w", "-s",
            "-t", $"{(int)options.StopDeadline.TotalSeconds}"], ct);
        if (fast.ExitCode == 0 || PrivatePostgresPid.Read(place) is null) return true;
        await PrivatePostgresTool.RunAsServerUserAsync([binaries.Program("pg_ctl"), "stop", "-D", place.Cluster, "-m", "immediate", "-w", "-s"], ct);
        return false;
    }

    private string Settings(int? port) => $"""
        # Written by Postmill at each start; changes here are lost.
        listen_addresses = '{(port is null ? "" : "127.0.0.1")}'
        port = {port ?? 5432}
        unix_socket_directories = {(port is null ? Quoted(place.Run) : "''")}
        max_connections = 200
        shared_buffers = 256MB
        # A container's /dev/shm is often too small for parallel queries.
        dynamic_shared_memory_type = mmap
        wal_compression = on
        max_wal_size = 2GB
        checkpoint_timeout = 15min
        synchronous_commit = on
        random_page_cost = 1.1
        jit = off
        # Hosts look for changes often: small tables that change all the time must be vacuumed often.
        autovacuum_naptime = 15s
        # A week of logs, one file a day.
        logging_collector = on
        log_directory = {Quoted(place.Log)}
        log_filename = 'postgres-%a.log'
        log_truncate_on_rotation = on
        log_rotation_age = 1d
        log_rotation_size = 0

        """;

    private static string Quoted(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private string LogTail()
    {
        var lines = new[] { place.StartLog }.Concat(Directory.EnumerateFiles(place.Log, "postgres-*.log").OrderDescending().Take(1))
            .Where(File.Exists).SelectMany(File.ReadLines);
        return string.Join('\n', lines.TakeLast(LogTailLines));
    }
}
