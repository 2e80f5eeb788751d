using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Postmill.Adapters.Postgres;

/// <summary>One numbered step of the schema. A script that was ever released is never edited: its checksum is in the databases of others.</summary>
internal sealed partial record PostgresMigratorScript(int Version, string Name, string Sql)
{
    /// <summary>The first words of a script that binaries from before it can live with: it only adds what they need not know.</summary>
    private const string AdditiveMark = "-- additive";

    /// <summary>Whether an older binary may start on a database that has this script. Breaking is the default: who forgets the mark stops a start, not the data.</summary>
    public bool IsAdditive => Sql.StartsWith(AdditiveMark, StringComparison.Ordinal);

    /// <summary>Of the text with LF line ends, so a checkout on another system has the same.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Version:D4}_{Name}");

    /// <summary>The product's own: <c>Postgres/Migrations/NNNN_name.sql</c> of this assembly.</summary>
    public static IReadOnlyList<PostgresMigratorScript> Embedded() => From(typeof(PostgresMigratorScript).Assembly, ".Postgres.Migrations.");

    /// <summary>Every embedded resource of <paramref name="assembly"/> whose name has <paramref name="folder"/> and ends in <c>NNNN_name.sql</c>.</summary>
    public static IReadOnlyList<PostgresMigratorScript> From(Assembly assembly, string folder)
    {
        var scripts = new List<PostgresMigratorScript>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.Contains(folder, StringComparison.Ordinal)))
        {
            var match = FileName().Match(resource);
            if (!match.Success) throw new PostgresSchemaException($"the embedded script {resource} is not called NNNN_name.sql");
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            scripts.Add(new PostgresMigratorScript(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value, reader.ReadToEnd()));
        }
        return scripts;
    }

    [GeneratedRegex(@"\.([0-9]{4})_([a-z0-9_]+)\.sql$", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();
}
