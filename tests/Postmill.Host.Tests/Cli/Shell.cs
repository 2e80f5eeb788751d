using Postmill.Host.Cli;
using Postmill.Host.Start;

namespace Postmill.Host.Tests.Cli;

/// <summary>Commands in this process; what only a process shows is in <see cref="CommandLineTests"/>.</summary>
internal static class Shell
{
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var code = await Launch.RunAsync(arguments, new Terminal(output, error));
        return (code, output.ToString(), error.ToString());
    }
}
