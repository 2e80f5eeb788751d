using System.Diagnostics;

namespace Postmill.Testing.Servers;

/// <summary>Runs a program to its end.</summary>
internal static class Tool
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Standard output; throws with standard error on an exit code other than 0.</summary>
    public static async Task<string> RunAsync(IReadOnlyList<string> command, ReadOnlyMemory<byte> input = default, string workingDirectory = "/")
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory,
        };
        foreach (var argument in command.Skip(1)) start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start");
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.StandardInput.BaseStream.WriteAsync(input, deadline.Token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(deadline.Token);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {await error}\n{await output}");
        return await output;
    }

    /// <summary>Full path of a program on the PATH or in the given directories (sbin is not on everybody's PATH).</summary>
    public static string Find(string program, params IEnumerable<string> directories)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(directories).Concat(["/usr/sbin", "/usr/local/sbin", "/usr/lib/dovecot"]);
        return path.Where(d => d.Length > 0).Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException($"{program} is not installed; tests/run.sh installs what the tests need");
    }
}
