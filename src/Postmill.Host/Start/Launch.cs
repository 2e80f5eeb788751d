using Postmill.Host.Cli;
using Postmill.Host.Settings;

namespace Postmill.Host.Start;

/// <summary>
/// The command line: a command of <see cref="Commands"/>, else the host itself. Exit codes of the host: 0 ended when told to, 1 could not start, 2 a setting is wrong.
/// </summary>
internal static class Launch
{
    public static Task<int> RunAsync(string[] args) => RunAsync(args, Terminal.Ours);

    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        try
        {
            if (Commands.Names(args)) return await Commands.RunAsync(args, terminal);
            var builder = Program.Compose(args);
            if (args.Any(a => a is "--help" or "-h" or "-?"))
            {
                await terminal.Out.WriteAsync(Help.Text(builder.Catalog().Settings));
                return ExitCodes.Done;
            }
            builder.CheckSettings();
            await using var app = Program.Build(builder);
            await app.OpenStorageAsync(CancellationToken.None);
            await app.RunAsync();
            return ExitCodes.Done;
        }
        catch (SettingsException e)
        {
            return await EndAsync(terminal, ExitCodes.Usage, e.Message);
        }
        catch (StartException e)
        {
            return await EndAsync(terminal, ExitCodes.Wrong, e.Message);
        }
        catch (IOException e)
        {
            return await EndAsync(terminal, ExitCodes.Wrong, e.Message); // the server's way to say that an address is taken
        }
    }

    private static async Task<int> EndAsync(Terminal terminal, int code, string line)
    {
        await terminal.Error.WriteLineAsync($"postmill: {line.ReplaceLineEndings(" ")}");
        return code;
    }
}
