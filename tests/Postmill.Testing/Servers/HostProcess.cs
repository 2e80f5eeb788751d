namespace Postmill.Testing.Servers;

/// <param name="ConnectionString">PostgreSQL to use; null: the host starts its own under its data directory.</param>
public sealed record HostOptions(string? ConnectionString = null)
{
    /// <summary>Settings as environment variables, for example <c>Postmill__Mail__AllowPrivateHosts</c>.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>More command-line arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Default: a fresh one.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Directory of the build, default: the Postmill.Host beside the running test's own output.</summary>
    public string? BinaryDirectory { get; init; }
}

/// <summary>The real <c>postmill</c> binary as a process of its own, for tests that kill, stop or freeze it.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private const string Announcement = "Now listening on: ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), DrainPatience = TimeSpan.FromSeconds(45);
    private readonly ChildProcess _process;
    private readonly PortLease[] _ports;

    private HostProcess(ChildProcess process, PortLease[] ports, Uri address, string dataDirectory)
    {
        _process = process;
        _ports = ports;
        Address = address;
        DataDirectory = dataDirectory;
    }

    /// <summary>Where it answers HTTP: loopback and the port it bound.</summary>
    public Uri Address { get; }

    public string DataDirectory { get; }

    public string Output => _process.Output;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public int Id => _process.Id;

    public static async Task<HostProcess> StartAsync(HostOptions options)
    {
        var data = options.DataDirectory ?? TestWorkspace.NewDirectory("host-data");
        PortLease[] ports = [PortLease.Take(), PortLease.Take()];
        var environment = new Dictionary<string, string?>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
            ["Postmill__Data__Directory"] = data,
            ["Postmill__Cluster__Port"] = $"{ports[0].Port}",
            ["Postmill__Cluster__GatewayPort"] = $"{ports[1].Port}",
            ["ConnectionStrings__Postgres"] = options.ConnectionString,
        };
        foreach (var (name, value) in options.Environment) environment[name] = value;
        var process = ChildProcess.Start(["dotnet", "exec", Binary(options), "--urls", "http://127.0.0.1:0", .. options.Arguments],
            Path.Combine(TestWorkspace.NewDirectory("host"), "host.log"), environment);
        try
        {
            var line = await process.WaitForLineAsync("postmill listens", l => l.Contains(Announcement, StringComparison.Ordinal), Patience);
            // It listens from the first moment, for /health/startup; everything else answers once it has started.
            await process.WaitForLineAsync("postmill has started", l => l.Contains("Application started", StringComparison.Ordinal), Patience);
            var address = line[(line.IndexOf(Announcement, StringComparison.Ordinal) + Announcement.Length)..].Trim();
            return new HostProcess(process, ports, new Uri(address), data);
        }
        catch (InvalidOperationException)
        {
            await process.DisposeAsync();
            foreach (var port in ports) port.Dispose();
            throw;
        }
    }

    /// <summary>SIGKILL: nothing is drained, nothing released. A PostgreSQL of its own stays, as it would in life.</summary>
    public async Task KillAsync()
    {
        _process.Signal(Posix.SigKill);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGTERM, and the drain that follows it.</summary>
    public Task StopAsync() => _process.StopAsync(Posix.SigTerm, DrainPatience);

    public void Suspend() => _process.Signal(Posix.SigStop);

    public void Resume() => _process.Signal(Posix.SigCont);

    public Task<string> WaitForLineAsync(string what, Func<string, bool> wanted, TimeSpan within) => _process.WaitForLineAsync(what, wanted, within);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        foreach (var port in _ports) port.Dispose();
    }

    // artifacts/bin/{test project}/{configuration}/ → artifacts/bin/Postmill.Host/{configuration}/
    private static string Binary(HostOptions options)
    {
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var directory = options.BinaryDirectory ?? Path.Combine(own, "..", "..", "Postmill.Host", Path.GetFileName(own));
        var path = Path.GetFullPath(Path.Combine(directory, "postmill.dll"));
        return File.Exists(path) ? path : throw new FileNotFoundException($"build src/Postmill.Host first: {path}");
    }
}
