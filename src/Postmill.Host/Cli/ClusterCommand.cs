using System.CommandLine;
using System.Text.Json;
using Npgsql;
using Postmill.Adapters.Postgres.Cluster;
using Postmill.Host.Cluster;
using Postmill.Host.Http;
using Postmill.Host.Start;

namespace Postmill.Host.Cli;

/// <summary><c>postmill cluster …</c>: asks PostgreSQL itself, so that it answers when no silo does.</summary>
internal static class ClusterCommand
{
    private static readonly JsonSerializerOptions Indented = new(ApiJson.Options) { WriteIndented = true };

    public static Command Create(string[] settings, Terminal terminal)
    {
        var json = new Option<bool>("--json") { Description = "What GET /api/admin/cluster answers, for scripts." };
        var status = new Command("status", """
            Silos and fronts as Orleans' membership has them, who owns how many accounts, and what waits; read from PostgreSQL, so that it needs no silo.
            Settings: ConnectionStrings:Postgres (without it, the private PostgreSQL that a host runs in Postmill:Data:Directory now; none is started)
            and Postmill:Cluster:Name.
            Exit code: 0 all is well; 1 something is wrong (no silo alive, accounts without an owner for more than 30 s, another cluster on the
            database, PostgreSQL away); 2 the command line or a setting is wrong.
            """) { json };
        status.SetAction((line, cancellationToken) => StatusAsync(settings, line.GetValue(json), terminal, cancellationToken));
        return new Command("cluster", "The cluster as an operator sees it.") { status };
    }

    private static async Task<int> StatusAsync(string[] settings, bool asJson, Terminal terminal, CancellationToken cancellationToken)
    {
        await using var context = CommandContext.Create(settings);
        var name = context.Get<ClusterSettings>().Name;
        await using var database = await context.OpenDatabaseAsync(cancellationToken);
        var view = await ReadAsync(database, name, cancellationToken);
        var cluster = ClusterJson.Of(name, view, answering: null);
        if (asJson) await terminal.Out.WriteLineAsync(JsonSerializer.Serialize(new ClusterAnswer(true, cluster), Indented));
        else ClusterTable.Write(terminal.Drawing(), cluster);
        return cluster.Healthy ? ExitCodes.Done : ExitCodes.Wrong;
    }

    private static async Task<ClusterView> ReadAsync(NpgsqlDataSource database, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await new ClusterQueries(database).ReadAsync(name, cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            throw new StartException($"the database has no schema of this release ({e.MessageText}); the first silo that starts makes it", e);
        }
        catch (NpgsqlException e)
        {
            throw new StartException($"PostgreSQL (ConnectionStrings:Postgres) does not answer: {e.Message}", e);
        }
    }
}
