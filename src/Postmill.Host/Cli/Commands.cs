using System.CommandLine;

namespace Postmill.Host.Cli;

/// <summary>The commands beside the host itself. A noun is a command of its own file, its verbs are sub-commands: <c>postmill cluster status</c>.</summary>
internal static class Commands
{
    private const string Program = "postmill";
    private const string Cluster = "cluster";

    /// <summary>Whether the line begins with a word. The host's own begins with an option, or with a setting (<c>name=value</c>, <c>/name</c>).</summary>
    public static bool Names(string[] arguments) =>
        arguments.Length > 0 && arguments[0].Length > 0 && arguments[0][0] is not ('-' or '/') && !arguments[0].Contains('=', StringComparison.Ordinal);

    public static async Task<int> RunAsync(string[] arguments, Terminal terminal)
    {
        var (own, settings) = CommandArguments.Split(arguments);
        var parsed = Root(settings, terminal).Parse(own);
        var errors = parsed.Errors.Select(error => error.Message).ToList();
        if (settings.Length > 0 && own[0] != Cluster) errors.Add($"{own[0]} asks a service and takes no settings of the host; --url names the service");
        if (errors.Count == 0) return await parsed.InvokeAsync(Invocation(terminal));
        foreach (var error in errors) await terminal.Error.WriteLineAsync($"{Program}: {Terminal.Plain(error)}");
        await terminal.Error.WriteLineAsync($"see: {Program} --help, {Program} {(parsed.CommandResult.Command is RootCommand ? Cluster : string.Join(' ', Names(parsed.CommandResult)))} --help");
        return ExitCodes.Usage;
    }

    private static IEnumerable<string> Names(System.CommandLine.Parsing.CommandResult command) =>
        command.Parent is System.CommandLine.Parsing.CommandResult outer && outer.Command is not RootCommand ? [.. Names(outer), command.Command.Name] : [command.Command.Name];

    private static InvocationConfiguration Invocation(Terminal terminal) => new()
    {
        Output = terminal.Out,
        Error = terminal.Error,
        EnableDefaultExceptionHandler = false,
        // A tail that is interrupted still revokes its key.
        ProcessTerminationTimeout = TimeSpan.FromSeconds(CommandLimits.FarewellSeconds + 1),
    };

    private static RootCommand Root(string[] settings, Terminal terminal)
    {
        var service = new ServiceOptions(terminal);
        return new RootCommand("cluster takes the settings of the host, from the same places: appsettings.json, the environment, --Postmill:Section:Name=value. The others ask a service.")
        {
            LoginCommand.Create(service),
            LoginCommand.CreateLogout(service, terminal),
            AccountsCommand.Create(service),
            SyncCommand.Create(service),
            EmailsCommand.Create(service),
            SearchCommand.Create(service),
            ExportCommand.Create(service),
            TailCommand.Create(service),
            ClusterCommand.Create(settings, terminal),
        };
    }
}
