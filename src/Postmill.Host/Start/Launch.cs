using Postmill.Host.Settings;

namespace Postmill.Host.Start;

/// <summary>The command line. Exit codes: 0 ended when told to, 1 could not start, 2 a setting is wrong.</summary>
internal static class Launch
{
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var builder = Program.Compose(args);
            if (args.Any(a => a is "--help" or "-h" or "-?"))
            {
                await Console.Out.WriteAsync(Help.Text(builder.Catalog().Settings));
                return 0;
            }
            builder.CheckSettings();
            await using var app = Program.Build(builder);
            await app.OpenStorageAsync(CancellationToken.None);
            await app.RunAsync();
            return 0;
        }
        catch (SettingsException e)
        {
            return await EndAsync(2, e.Message);
        }
        catch (StartException e)
        {
            return await EndAsync(1, e.Message);
        }
        catch (IOException e)
        {
            return await EndAsync(1, e.Message); // the server's way to say that an address is taken
        }
    }

    private static async Task<int> EndAsync(int code, string line)
    {
        await Console.Error.WriteLineAsync($"postmill: {line.ReplaceLineEndings(" ")}");
        return code;
    }
}
