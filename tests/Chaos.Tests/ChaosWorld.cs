using System.Globalization;
using Npgsql;

namespace Chaos.Tests;

/// <summary>Three silos, one PostgreSQL, one Dovecot, some users with their mailboxes, and the actor.</summary>
internal sealed class ChaosWorld : IAsyncDisposable
{
    /// <summary>Between two runs of a mailbox: often enough that what IDLE on INBOX cannot see is repaired within the test.</summary>
    public const double IntervalSeconds = 15;

    private const int Silos = 3, OldMails = 3, ConnectAtOnce = 6;

    private readonly PostgresServer _postgres;

    private ChaosWorld(ChaosOptions options, ChaosReport report, PostgresServer postgres, string database, DovecotServer dovecot)
    {
        Options = options;
        Report = report;
        _postgres = postgres;
        ConnectionString = database;
        Dovecot = dovecot;
        Database = NpgsqlDataSource.Create(database);
        All = [.. Enumerable.Range(1, Silos).Select(n => new Silo(n, postgres, database, Settings))];
        Owners = new Ownership(Database, All, report);
    }

    public ChaosOptions Options { get; }

    public ChaosReport Report { get; }

    public PostgresServer Postgres => _postgres;

    /// <summary>The test's own way to the database; none of the faults stands in it.</summary>
    public NpgsqlDataSource Database { get; }

    public string ConnectionString { get; }

    public DovecotServer Dovecot { get; }

    public IReadOnlyList<Silo> All { get; }

    public Ownership Owners { get; }

    public MetricsReceiver Metrics { get; } = new();

    public IReadOnlyList<User> Users { get; private set; } = [];

    public IReadOnlyList<Mailbox> Mailboxes { get; private set; } = [];

    public MailActor Actor { get; private set; } = null!;

    private static Dictionary<string, string?> Settings => new()
    {
        ["Postmill__Cluster__Name"] = "chaos",
        ["Postmill__Cluster__Secret"] = "a secret between the silos of this test",
        ["Postmill__Mail__AllowPrivateHosts"] = "true",
        ["Postmill__Mail__AllowPlaintext"] = "true",
        ["Postmill__Sync__IntervalSeconds"] = IntervalSeconds.ToString(CultureInfo.InvariantCulture),
    };

    public static async Task<ChaosWorld> StartAsync(ChaosOptions options, ChaosReport report)
    {
        var postgres = await PostgresServer.StartAsync(new PostgresOptions(Durable: true, Tcp: true));
        var dovecot = await DovecotServer.StartAsync(new DovecotOptions
        {
            SpecialUse = false,
            ExtraConfig = """
                log_timestamp = "%Y-%m-%dT%H:%M:%S "
                namespace inbox {
                  mailbox Archive {
                    auto = create
                  }
                  mailbox Later {
                    auto = create
                  }
                }
                """,
        });
        var world = new ChaosWorld(options, report, postgres, await postgres.CreateDatabaseAsync(), dovecot);
        try
        {
            // All at once: the database is empty, and the three agree on who migrates it.
            await Task.WhenAll(world.All.Select(silo => silo.StartAsync(world.Metrics)));
            await world.ConnectAsync();
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }

        return world;
    }

    /// <summary>The first column of every row.</summary>
    public async Task<IReadOnlyList<string>> TextsAsync(string sql, params object[] parameters)
    {
        await using var select = Database.CreateCommand(sql);
        foreach (var parameter in parameters) select.Parameters.Add(new() { Value = parameter });
        await using var row = await select.ExecuteReaderAsync();
        var texts = new List<string>();
        while (await row.ReadAsync()) texts.Add(row.GetString(0));
        return texts;
    }

    /// <summary>Writes that the fence has refused so far, by PostgreSQL's own log: who was refused may not live to tell.</summary>
    public async Task<int> RefusalsAsync()
    {
        await using var log = new FileStream(_postgres.LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var text = new StreamReader(log);
        var count = 0;
        while (await text.ReadLineAsync() is { } line)
            if (line.Contains("ERROR:  ownership of account", StringComparison.Ordinal)) count++;
        return count;
    }

    public async Task SaveLogsAsync()
    {
        foreach (var silo in All) await File.WriteAllTextAsync(Path.Combine(Report.Directory, $"{silo.Name}.log"), silo.Log);
        File.Copy(Dovecot.LogPath, Path.Combine(Report.Directory, "dovecot.log"), overwrite: true);
        File.Copy(_postgres.LogPath, Path.Combine(Report.Directory, "postgres.log"), overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (Actor is not null) await Actor.DisposeAsync();
        foreach (var silo in All) await silo.DisposeAsync();
        await Metrics.DisposeAsync();
        await Database.DisposeAsync();
        await Dovecot.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    private async Task ConnectAsync()
    {
        var users = new List<User>();
        for (var n = 0; n < Options.Users; n++) users.Add(await User.SignUpAsync(All[n % Silos], $"user{n}@example.com"));
        Users = users;
        Mailboxes = [.. Enumerable.Range(0, Options.Mailboxes).Select(n => new Mailbox(n, users[n % users.Count]))];
        foreach (var mailbox in Mailboxes) Dovecot.AddUser(mailbox.Address, Mailbox.Password);
        Actor = new MailActor(Dovecot, Mailboxes, Options.Seed);
        await Actor.SeedAsync(OldMails);

        var began = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(Mailboxes.Index(), new ParallelOptions { MaxDegreeOfParallelism = ConnectAtOnce },
            async (mailbox, _) => await mailbox.Item.User.ConnectAsync(All[mailbox.Index % Silos], Dovecot, mailbox.Item));
        await Eventually.TrueAsync("every mailbox is synced for the first time", async () => (await TextsAsync("SELECT email FROM account WHERE first_synced_at IS NULL")).Count == 0,
            Owners.DescribeAsync, ChaosLimits.Patience);
        Report.Say(string.Create(CultureInfo.InvariantCulture, $"{Mailboxes.Count} mailboxes connected and synced after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s"));
    }
}
