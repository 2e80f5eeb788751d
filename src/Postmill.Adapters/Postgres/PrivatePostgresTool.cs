using System.Diagnostics;

namespace Postmill.Adapters.Postgres;

/// <summary>Runs programs as the user PostgreSQL runs as: ourselves, or postgres when we are root, because PostgreSQL refuses root.</summary>
internal static class PrivatePostgresTool
{
    private const int OutputLimit = 64 * 1024;
    public const string ServerUser = "postgres";

    public static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    public static Task<PrivatePostgresToolResult> RunAsServerUserAsync(IReadOnlyList<string> command, CancellationToken ct)
    {
        if (!IsRoot) return RunAsync(command, ct);
        string[] prefix = File.Exists("/usr/bin/setpriv")
            ? ["/usr/bin/setpriv", $"--reuid={ServerUser}", $"--regid={ServerUser}", "--init-groups", "--"]
            : ["runuser", "-u", ServerUser, "--"];
        return RunAsync([.. prefix, .. command], ct);
    }

    /// <summary>Runs to the end of the program and of its output; the caller judges the exit code.</summary>
    public static async Task<PrivatePostgresToolResult> RunAsync(IReadOnlyList<string> command, CancellationToken ct)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var argument in command.Skip(1)) start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start) ?? throw new PrivatePostgresException($"{command[0]} did not start");
        process.StandardInput.Close();
        try
        {
            var output = ReadAsync(process.StandardOutput, ct);
            var error = ReadAsync(process.StandardError, ct);
            await Task.WhenAll(output, error);
            await process.WaitForExitAsync(ct);
            return new PrivatePostgresToolResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken ct)
    {
        var kept = new System.Text.StringBuilder();
        var buffer = new char[4096];
        while (await reader.ReadAsync(buffer, ct) is > 0 and var read)
            if (kept.Length < OutputLimit) kept.Append(buffer, 0, read);
        return kept.ToString();
    }
}

internal sealed record PrivatePostgresToolResult(int ExitCode, string Output, string Error)
{
    public string Text => $"{Error.Trim()} {Output.Trim()}".Trim();
}
