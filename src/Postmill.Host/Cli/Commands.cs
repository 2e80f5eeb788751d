using System.CommandLine;

namespace Postmill.Host.Cli;

/// <summary>The commands beside the host itself. A noun is a command of its own file, its verbs are sub-commands: <c>postmill cluster status</c>.</summary>
internal static class Commands
{
    private const string Program = "postmill";

    /// <summary>Whether the line begins with a word. The host's own begins with an option, or with a setting (<c>name=value</c>, <c>/name</c>).</summary>
    public static bool Names(string[] arguments) =>
        arguments.Length > 0 && arguments[0].Length > 0 && arguments[0][0] is not ('-' or '/') && !arguments[0].Contains('=', StringComparison.Ordinal);

    public static async Task<int> RunAsync(string[] arguments, Terminal terminal)
    {
        var (own, settings) = CommandArguments.Split(arguments);
        var parsed = Root(settings, terminal).Parse(own);
        if (parsed.Errors.Count == 0) return await parsed.InvokeAsync(new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false });
        foreach (var error in parsed.Errors) await terminal.Error.WriteLineAsync($"{Program}: {Terminal.Plain(error.Message)}");
        await terminal.Error.WriteLineAsync($"see: {Program} --help, {Program} cluster --help");
        return ExitCodes.Usage;
    }

    private static RootCommand Root(string[] settings, Terminal terminal) =>
        new("Commands take the settings of the host, from the same places: appsettings.json, the environment, --Postmill:Section:Name=value.")
        {
            ClusterCommand.Create(settings, terminal),
        };
}
