using Npgsql;

namespace Chaos.Tests.Sending;

/// <summary>Three silos, one PostgreSQL, one Dovecot for logins, and a sink that outlives them all; one user with some accounts that send through the sink.</summary>
internal sealed class SendingWorld : IAsyncDisposable
{
    private const int Silos = 3;

    /// <summary>Before the sink journals a mail, and again before it answers: kills fall on both sides of the journal.</summary>
    private static readonly TimeSpan SinkThinks = TimeSpan.FromMilliseconds(150);

    private readonly MetricsReceiver _metrics = new();
    private readonly DovecotServer _dovecot;

    private SendingWorld(SendingOptions options, ChaosReport report, PostgresServer postgres, string database, DovecotServer dovecot, SinkProcess sink)
    {
        Options = options;
        Report = report;
        Postgres = postgres;
        _dovecot = dovecot;
        Sink = sink;
        Database = NpgsqlDataSource.Create(database);
        All = [.. Enumerable.Range(1, Silos).Select(n => new Silo(n, postgres, database, Settings(options)))];
        Owners = new Ownership(Database, All, report);
    }

    public SendingOptions Options { get; }

    public ChaosReport Report { get; }

    public PostgresServer Postgres { get; }

    public SinkProcess Sink { get; }

    /// <summary>The test's own way to the database.</summary>
    public NpgsqlDataSource Database { get; }

    public IReadOnlyList<Silo> All { get; }

    public Ownership Owners { get; }

    public SendingUser User { get; private set; } = null!;

    public IReadOnlyList<Guid> Accounts { get; private set; } = [];

    private static Dictionary<string, string?> Settings(SendingOptions options) => new()
    {
        ["Postmill__Cluster__Name"] = "chaos",
        ["Postmill__Cluster__Secret"] = "a secret between the silos of this test",
        ["Postmill__Mail__AllowPrivateHosts"] = "true",
        ["Postmill__Mail__AllowPlaintext"] = "true",
        ["Postmill__Http__RequestsPerMinute"] = "0",
        ["Postmill__Sending__Connections"] = "2",
        ["Postmill__Sending__PerMinute"] = options.PerMinute.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Postmill__Sending__SentCopy"] = "never",
    };

    public static async Task<SendingWorld> StartAsync(SendingOptions options, ChaosReport report)
    {
        var postgres = await PostgresServer.StartAsync(new PostgresOptions(Durable: true, Tcp: true));
        var sink = await SinkProcess.StartAsync(new SinkOptions
        {
            KeepContent = false,
            Rules = [new SinkRule(SinkPhase.Dot, SinkFault.Late(SinkThinks)), new SinkRule(SinkPhase.Accepted, SinkFault.Late(SinkThinks))],
        });
        var world = new SendingWorld(options, report, postgres, await postgres.CreateDatabaseAsync(), await DovecotServer.StartAsync(new DovecotOptions()), sink);
        try
        {
            await Task.WhenAll(world.All.Select(silo => silo.StartAsync(world._metrics)));
            world.User = await SendingUser.SignUpAsync(world.All[0]);
            var accounts = new List<Guid>();
            for (var n = 0; n < options.Accounts; n++)
            {
                world._dovecot.AddUser($"s{n}@example.org", Mailbox.Password);
                accounts.Add(await world.User.ConnectAsync(world.All[n % Silos], world._dovecot.ImapPort, sink.Port, $"s{n}@example.org"));
            }

            world.Accounts = accounts;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }

        return world;
    }

    public Task RestartAsync(Silo silo) => silo.StartAsync(_metrics);

    /// <summary>Column by column, as text.</summary>
    public async Task<IReadOnlyList<string[]>> RowsAsync(string sql, params object[] parameters)
    {
        await using var select = Database.CreateCommand(sql);
        foreach (var parameter in parameters) select.Parameters.Add(new() { Value = parameter });
        await using var row = await select.ExecuteReaderAsync();
        var rows = new List<string[]>();
        while (await row.ReadAsync()) rows.Add([.. Enumerable.Range(0, row.FieldCount).Select(row.GetString)]);
        return rows;
    }

    public async Task<int> CountAsync(string sql) => int.Parse((await RowsAsync($"SELECT count(*)::text FROM {sql}"))[0][0], System.Globalization.CultureInfo.InvariantCulture);

    public async Task SaveLogsAsync()
    {
        foreach (var silo in All) await File.WriteAllTextAsync(Path.Combine(Report.Directory, $"sending {silo.Name}.log"), silo.Log);
        File.Copy(Sink.JournalPath, Path.Combine(Report.Directory, "sending journal.log"), overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in All) await silo.DisposeAsync();
        await _metrics.DisposeAsync();
        await Database.DisposeAsync();
        await _dovecot.DisposeAsync();
        await Sink.DisposeAsync();
        await Postgres.DisposeAsync();
    }
}
