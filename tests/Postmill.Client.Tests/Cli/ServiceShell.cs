using Postmill.Host.Cli;
using Postmill.Host.Start;
using Postmill.Testing.Servers;
using Spectre.Console;

namespace Postmill.Client.Tests.Cli;

/// <summary>Commands in this process, with an environment and a home of their own.</summary>
internal sealed class ServiceShell
{
    private readonly Dictionary<string, string> _environment = [];

    public ServiceShell(Uri url)
    {
        Home = TestWorkspace.NewDirectory("cli");
        _environment["XDG_CONFIG_HOME"] = Home;
        _environment["POSTMILL_URL"] = url.ToString();
    }

    /// <summary>Signed in by POSTMILL_TOKEN.</summary>
    public ServiceShell(Uri url, string token) : this(url) => _environment["POSTMILL_TOKEN"] = token;

    public string Home { get; }

    public string SessionPath => Path.Combine(Home, "postmill", "session.json");

    /// <summary>What went to the standard output as bytes.</summary>
    public MemoryStream Bytes { get; } = new();

    /// <summary>What somebody sees who looks on; null: nobody does.</summary>
    public StringWriter? Seen { get; set; }

    /// <summary>Called after each flush of the standard output; null: nobody waits for one.</summary>
    public Action? Flushed { get; set; }

    public void Set(string variable, string value) => _environment[variable] = value;

    public Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    public async Task<(int Code, string Output, string Error)> RunWithInputAsync(string input, params string[] arguments)
    {
        using var output = new FlushedWriter(Flushed);
        using var error = new StringWriter();
        using var from = new StringReader(input);
        var terminal = new Terminal(output, error) { In = from, OpenOut = () => Bytes, OpenBars = OpenBars, Environment = name => _environment.GetValueOrDefault(name) };
        var code = await Launch.RunAsync(arguments, terminal);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>It succeeded and said nothing beside its output.</summary>
    public async Task<string> OutputAsync(params string[] arguments)
    {
        var (code, output, error) = await RunAsync(arguments);
        Assert.True((code, error) == (0, ""), $"{string.Join(' ', arguments)}: {code} {error}");
        return output;
    }

    private IAnsiConsole? OpenBars() => Seen is { } seen
        ? AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(seen) })
        : null;

    private sealed class FlushedWriter(Action? flushed) : StringWriter
    {
        public override async Task FlushAsync()
        {
            await base.FlushAsync();
            flushed?.Invoke();
        }
    }
}
