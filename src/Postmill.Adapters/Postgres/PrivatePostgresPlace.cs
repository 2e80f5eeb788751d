namespace Postmill.Adapters.Postgres;

/// <summary>
/// The directory of the private cluster: a note that it is ours, <c>data</c> (the cluster), <c>run</c> (the socket), <c>log</c>, the
/// password, and the lock of the host that runs it. Nobody but the server's user (and root) may enter it.
/// </summary>
internal sealed class PrivatePostgresPlace
{
    // sun_path has 108 bytes, the last is NUL.
    private const int LongestSocketPath = 107;
    private const string SocketName = ".s.PGSQL.5432", NoteName = "postmill.txt";

    private PrivatePostgresPlace(string root) => Root = root;

    public string Root { get; }
    public string Cluster => Path.Combine(Root, "data");
    public string UnfinishedCluster => Path.Combine(Root, "data.unfinished");
    public string Run => Path.Combine(Root, "run");
    public string Log => Path.Combine(Root, "log");
    public string StartLog => Path.Combine(Log, "start.log");
    public string Password => Path.Combine(Root, "password");
    public string Lock => Path.Combine(Root, "host.lock");

    public bool SocketFits => System.Text.Encoding.UTF8.GetByteCount(Path.Combine(Run, SocketName)) <= LongestSocketPath;

    /// <summary>Major version of the cluster that is there, or null.</summary>
    public int? ClusterMajor => File.Exists(Path.Combine(Cluster, "PG_VERSION"))
        ? int.Parse(File.ReadAllText(Path.Combine(Cluster, "PG_VERSION")).Trim().Split('.')[0], System.Globalization.CultureInfo.InvariantCulture)
        : null;

    /// <summary>Finds or makes the directory. One that holds anything we did not put there is refused, never written to.</summary>
    public static async Task<PrivatePostgresPlace> PrepareAsync(PrivatePostgresOptions options, CancellationToken ct)
    {
        var data = Path.GetFullPath(options.DataDirectory);
        Directory.CreateDirectory(data);
        var root = await ResolveAsync(Path.Combine(data, "postgres"), options, ct);
        var note = Path.Combine(root, NoteName);
        if (!File.Exists(note))
        {
            // The note is the first thing that another host writes which starts at the same moment: asked for again, it tells that what lies there is ours.
            if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any() && !File.Exists(note))
                throw new PrivatePostgresException($"{root} exists and is not Postmill's: move it away, or set Postmill__Data__Directory or ConnectionStrings__Postgres");
            await MakePrivateDirectoryAsync(root, ct);
            await File.WriteAllTextAsync(note, "The PostgreSQL that Postmill runs for itself when it is given no connection string.\n", ct);
        }
        var place = new PrivatePostgresPlace(root);
        await MakePrivateDirectoryAsync(place.Run, ct);
        await MakePrivateDirectoryAsync(place.Log, ct);
        return place;
    }

    /// <summary>The directory if it is there and ours; makes nothing. Null also where this user may not look.</summary>
    public static PrivatePostgresPlace? Find(PrivatePostgresOptions options)
    {
        var wanted = Path.Combine(Path.GetFullPath(options.DataDirectory), "postgres");
        if (!Directory.Exists(wanted)) return null;
        var root = new DirectoryInfo(wanted).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? wanted;
        return File.Exists(Path.Combine(root, NoteName)) ? new PrivatePostgresPlace(root) : null;
    }

    private static async Task<string> ResolveAsync(string wanted, PrivatePostgresOptions options, CancellationToken ct)
    {
        if (new DirectoryInfo(wanted) is { LinkTarget: not null } link && link.ResolveLinkTarget(returnFinalTarget: true) is { } target) return target.FullName;
        if (!PrivatePostgresTool.IsRoot) return wanted;
        var reachable = await PrivatePostgresTool.RunAsServerUserAsync(["test", "-x", Path.GetDirectoryName(wanted)!], ct);
        if (reachable.ExitCode == 0) return wanted;
        if (Directory.Exists(wanted)) return wanted;
        // The link is the only way to it: with the data directory removed, the next start makes a new one and finds no old data.
        var outside = Path.Combine(options.OutOfReachDirectory, $"postgres-{Guid.NewGuid():N}");
        Directory.CreateDirectory(options.OutOfReachDirectory);
        await MakePrivateDirectoryAsync(outside, ct);
        Directory.CreateSymbolicLink(wanted, outside);
        return outside;
    }

    private static async Task MakePrivateDirectoryAsync(string path, CancellationToken ct)
    {
        string[] owner = PrivatePostgresTool.IsRoot ? ["-o", PrivatePostgresTool.ServerUser, "-g", PrivatePostgresTool.ServerUser] : [];
        var made = await PrivatePostgresTool.RunAsync(["install", "-d", "-m", "0700", .. owner, path], ct);
        if (made.ExitCode != 0) throw new PrivatePostgresException($"cannot make {path}: {made.Text}");
    }
}
