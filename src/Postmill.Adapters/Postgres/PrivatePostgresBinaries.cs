using System.Globalization;
using System.Text.RegularExpressions;

namespace Postmill.Adapters.Postgres;

/// <summary>An installed PostgreSQL.</summary>
internal sealed partial record PrivatePostgresBinaries(string Directory, Version Version)
{
    private const string DebianVersions = "/usr/lib/postgresql";
    private static readonly string[] Programs = ["postgres", "initdb", "pg_ctl"];

    /// <summary>All that are installed and new enough, at least one, latest first. Debian keeps the server's programs off the PATH, one directory per version.</summary>
    public static async Task<IReadOnlyList<PrivatePostgresBinaries>> FindAsync(IReadOnlyList<string>? directories, CancellationToken ct)
    {
        var found = new List<PrivatePostgresBinaries>();
        foreach (var directory in (directories ?? Installed()).Distinct(StringComparer.Ordinal))
        {
            if (!Programs.All(program => File.Exists(Path.Combine(directory, program)))) continue;
            var result = await PrivatePostgresTool.RunAsync([Path.Combine(directory, "postgres"), "--version"], ct);
            if (VersionNumber().Match(result.Output) is not { Success: true } match) continue;
            var version = Version.Parse(match.Groups[1].Value.Contains('.', StringComparison.Ordinal) ? match.Groups[1].Value : match.Groups[1].Value + ".0");
            if (version.Major >= PostgresMigratorLimits.OldestServerVersion) found.Add(new PrivatePostgresBinaries(directory, version));
        }
        if (found.Count == 0) throw new PrivatePostgresException(
            $"no connection string is given and PostgreSQL {PostgresMigratorLimits.OldestServerVersion} or later is not installed: apt-get install postgresql (or set ConnectionStrings__Postgres)");
        return [.. found.OrderByDescending(b => b.Version)];
    }

    /// <summary>The one that can open a cluster of that major version (null: a new cluster, the latest).</summary>
    public static PrivatePostgresBinaries Choose(IReadOnlyList<PrivatePostgresBinaries> installed, int? clusterMajor, string place)
    {
        if (clusterMajor is not { } major) return installed[0];
        return installed.FirstOrDefault(b => b.Version.Major == major)
            ?? throw new PrivatePostgresException($"the data in {place} was made by PostgreSQL {major}, which is not installed: apt-get install postgresql-{major}");
    }

    public string Program(string name) => Path.Combine(Directory, name);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"PostgreSQL {Version.Major}.{Version.Minor}");

    private static IEnumerable<string> Installed()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathRooted);
        var debian = System.IO.Directory.Exists(DebianVersions) ? System.IO.Directory.EnumerateDirectories(DebianVersions).Select(d => Path.Combine(d, "bin")) : [];
        return path.Concat(debian);
    }

    [GeneratedRegex(@"\(PostgreSQL\) ([0-9]+(\.[0-9]+)?)", RegexOptions.CultureInvariant)]
    private static partial Regex VersionNumber();
}
