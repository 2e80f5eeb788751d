using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.TestingHost;
using Postmill.Host.Settings;
using Postmill.Host.Start;

namespace Postmill.Host.Tests;

/// <summary>
/// The whole host in this process, on a port of its own and with a database of its own. <c>await using var host = await HostFixture.StartAsync()</c> in a
/// test, or once for a class through <see cref="IAsyncLifetime"/>. Several may run at once, also on one database (<see cref="HostFixtureOptions.ConnectionString"/>).
/// </summary>
public sealed class HostFixture : IAsyncDisposable
{
    private readonly List<HttpClient> _clients = [];
    private readonly WebApplication _app;
    private Task? _stopped;

    private HostFixture(WebApplication app, string connectionString, CapturedLogs logs)
    {
        _app = app;
        ConnectionString = connectionString;
        Logs = logs;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public Uri Address { get; }

    public string ConnectionString { get; }

    /// <summary>Everything that anybody logged, at every level.</summary>
    public CapturedLogs Logs { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<HostFixture> StartAsync(HostFixtureOptions? options = null)
    {
        options ??= new HostFixtureOptions();
        var connectionString = options.ConnectionString ?? await TestDatabase.CreateAsync();
        var settings = new Dictionary<string, string>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["ConnectionStrings:Postgres"] = connectionString,
            ["Postmill:Access:PasswordIterations"] = "10000",
            ["Postmill:Cluster:Port"] = "0",
            ["Postmill:Cluster:GatewayPort"] = "0",
            // Some tests start a second one on the same database.
            ["Postmill:Cluster:Secret"] = "what the silos show each other",
        };
        foreach (var (name, value) in options.Settings) settings[name] = value;
        var builder = Program.Compose([.. settings.Select(s => $"--{s.Key}={s.Value}")]);
        var logs = new CapturedLogs();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(logs);
        builder.Logging.AddFilter<CapturedLogs>(null, LogLevel.Trace);
        builder.Services.AddSingleton<IFatalErrorHandler>(new FatalErrors(logs));
        options.Configure?.Invoke(builder);
        KeepOrleansOnTime(builder.Services);
        builder.CheckSettings();
        var app = Program.Build(builder);
        options.Map?.Invoke(app);
        try
        {
            await app.OpenStorageAsync(CancellationToken.None);
            options.Starting?.Invoke(app);
            await app.StartAsync();
            return new HostFixture(app, connectionString, logs);
        }
        catch
        {
            await app.DisposeAsync(); // a start that is refused leaves nothing listening
            throw;
        }
    }

    /// <summary>A client with no session. Cookies are not kept: a test says what it sends.</summary>
    public HttpClient NewClient(string? bearer = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };
        if (bearer is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        lock (_clients) _clients.Add(client);
        return client;
    }

    /// <summary>A new user and a client that is signed in as him, by header. The first of a database is admin, later ones have the role send.</summary>
    public async Task<SignedIn> SignUpAsync(string? email = null)
    {
        email ??= $"u{Guid.NewGuid():N}@example.org";
        using var answer = await NewClient().PostAsJsonAsync("/api/auth/sign-up", new { email, password = SignedIn.Password });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var body = await answer.JsonAsync();
        var token = body.GetProperty("token").GetString()!;
        return new SignedIn(NewClient(token), body.GetProperty("user").GetProperty("id").GetGuid(), email, token);
    }

    /// <summary>An API key of the user, in clear.</summary>
    public static async Task<string> NewKeyAsync(SignedIn user, params string[] scopes)
    {
        using var answer = await user.Client.PostAsJsonAsync("/api/v1/keys", new { name = "test", scopes });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.JsonAsync()).GetProperty("key").GetProperty("key").GetString()!;
    }

    /// <summary>Sets the role of a user behind the API's back.</summary>
    public async Task SetRoleAsync(Guid userId, string role)
    {
        await using var command = Services.GetRequiredService<Npgsql.NpgsqlDataSource>().CreateCommand("UPDATE users SET role = $2 WHERE id = $1");
        command.Parameters.Add(new() { Value = userId });
        command.Parameters.Add(new() { Value = role });
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    /// <summary>Orleans' own loops never end under a clock that stands still; its calls and activations go by the test's.</summary>
    private static void KeepOrleansOnTime(IServiceCollection services)
    {
        if (services.Last(s => s.ServiceType == typeof(TimeProvider) && !s.IsKeyedService).ImplementationInstance is not TimeProvider clock) return;
        services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
        services.AddKeyedSingleton(TimeProviderNames.Messaging, clock);
        services.AddKeyedSingleton(TimeProviderNames.ActivationManagement, clock);
    }

    public Task StopAsync() => _stopped ??= _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Where a process of its own would end, this one goes on with its other hosts: what the silo does from here on is what a zombie does.</summary>
    private sealed class FatalErrors(CapturedLogs logs) : IFatalErrorHandler
    {
        public bool IsUnexpected(Exception exception) => true;

        public void OnFatalException(object? sender, string? context, Exception? exception) => logs.CreateLogger("Fatal").Log(LogLevel.Critical, exception, "{Context}", context);
    }
}
