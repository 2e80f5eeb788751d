namespace Granary.Cluster;

/// <summary>The engine's part of the database. The host's migrator runs the scripts before the silo starts.</summary>
public static class GranarySchema
{
    /// <summary>The scripts in order; each may run again without harm.</summary>
    public static IReadOnlyList<GranaryScript> Scripts { get; } = [Load("silo")];

    /// <summary>The SQL test whether an owner still lives, for the <c>WHERE</c> of a claim.</summary>
    /// <param name="owner">The SQL expression of the owner's incarnation, written by the programmer, never by a user.</param>
    /// <returns>A boolean SQL expression.</returns>
    public static string IsAlive(string owner) =>
        $"EXISTS (SELECT 1 FROM silo WHERE silo.incarnation = {owner} AND silo.status <> 'dead' AND silo.expires_at > now())";

    private static GranaryScript Load(string name)
    {
        using var stream = typeof(GranarySchema).Assembly.GetManifestResourceStream($"Granary.Cluster.{name}.sql")!;
        using var reader = new StreamReader(stream);
        return new GranaryScript($"granary.{name}", reader.ReadToEnd());
    }
}
