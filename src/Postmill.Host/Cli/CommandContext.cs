using Npgsql;
using Postmill.Adapters.Postgres;
using Postmill.Host.Settings;
using Postmill.Host.Start;

namespace Postmill.Host.Cli;

/// <summary>What a command works with: the host's settings and services, composed as the host does it and never started.</summary>
internal sealed class CommandContext : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CommandContext(WebApplication app) => _app = app;

    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public static CommandContext Create(string[] settings)
    {
        var builder = Program.Compose(settings);
        builder.CheckSettings();
        return new CommandContext(builder.Build());
    }

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>The host's PostgreSQL as configured, or the private one if a host runs it now; none is started.</summary>
    /// <exception cref="StartException">There is none.</exception>
    public async Task<NpgsqlDataSource> OpenDatabaseAsync(CancellationToken cancellationToken)
    {
        var configured = Get<IConfiguration>().GetConnectionString("Postgres");
        return NpgsqlDataSource.Create(Hurried(configured is { Length: > 0 } ? configured : await FindPrivateAsync(cancellationToken)));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<string> FindPrivateAsync(CancellationToken cancellationToken)
    {
        var directory = Path.GetFullPath(Get<StorageSettings>().Directory);
        return await PrivatePostgres.FindAsync(new PrivatePostgresOptions { DataDirectory = directory }, cancellationToken)
            ?? throw new StartException($"ConnectionStrings:Postgres is not set, and no PostgreSQL of a host runs in {directory} (Postmill:Data:Directory), or this user may not look there");
    }

    private static NpgsqlConnectionStringBuilder Hurried(string connectionString)
    {
        try
        {
            var given = new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = CommandLimits.QuerySeconds, Pooling = false };
            given.Timeout = given.Timeout is 0 or > CommandLimits.ConnectSeconds ? CommandLimits.ConnectSeconds : given.Timeout;
            return given;
        }
        catch (ArgumentException)
        {
            // Its text may quote a password that stands in the wrong place.
            throw new SettingsException(["ConnectionStrings:Postgres cannot be read; allowed: a connection string as Npgsql takes it, Host=…;Username=…;Password=…;Database=…"]);
        }
    }
}
