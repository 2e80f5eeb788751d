using Postmill.Adapters.Postgres;

namespace Postmill.Host.Start;

/// <summary>Where PostgreSQL is: as configured, or an instance of our own, which ends after everything that uses it.</summary>
internal sealed partial class Storage(IConfiguration configuration, StorageSettings settings, TimeProvider clock, ILogger<Storage> logger) : IAsyncDisposable
{
    private PrivatePostgres? _own;

    public string ConnectionString => Configured ?? _own?.ConnectionString ?? throw new InvalidOperationException("the storage is not open");

    private string? Configured => configuration.GetConnectionString("Postgres") is { Length: > 0 } given ? given : null;

    /// <summary>Before the host starts, because its services are made with the address in hand.</summary>
    /// <exception cref="StartException">There is no PostgreSQL to start.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (Configured is not null) return;
        var directory = Path.GetFullPath(settings.Directory);
        LogOwn(directory);
        try
        {
            _own = await PrivatePostgres.StartAsync(new PrivatePostgresOptions { DataDirectory = directory }, logger, clock, cancellationToken);
        }
        catch (PrivatePostgresException e)
        {
            throw new StartException(e.Message, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_own is not null) await _own.DisposeAsync();
    }

    [LoggerMessage(LogLevel.Information, "no ConnectionStrings:Postgres is set: using a private PostgreSQL in {Directory}")]
    private partial void LogOwn(string directory);
}
