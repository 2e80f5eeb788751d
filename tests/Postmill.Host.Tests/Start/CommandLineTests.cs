using System.Diagnostics;

namespace Postmill.Host.Tests.Start;

/// <summary>The real binary, for what only a process shows: exit codes and what stands on which stream.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public async Task Help_is_printed_and_nothing_is_started()
    {
        var (code, output, error) = await RunAsync("--help");
        Assert.Equal(0, code);
        Assert.StartsWith("Usage: postmill", output, StringComparison.Ordinal);
        Assert.Empty(error);
    }

    [Fact]
    public async Task A_wrong_setting_ends_with_one_line_and_exit_code_2()
    {
        var (code, output, error) = await RunAsync("--Postmill:Http:MaxBodyBytes=plenty");
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Equal("postmill: setting Postmill:Http:MaxBodyBytes is 'plenty'; allowed: a number between 1024 and 104857600\n", error);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_ends_with_one_line_and_exit_code_1()
    {
        var (code, _, error) = await RunAsync(
            "--urls=http://127.0.0.1:0", "--ConnectionStrings:Postgres=Host=/nowhere;Username=u;Password=hunter2;Timeout=2", "--Postmill:Data:StartTimeoutSeconds=0");
        Assert.Equal(1, code);
        Assert.StartsWith("postmill: PostgreSQL (ConnectionStrings:Postgres) did not answer", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(c => c == '\n'));
        Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        string[] command = ["exec", Path.Combine(own, "..", "..", "Postmill.Host", Path.GetFileName(own), "postmill.dll"), .. arguments];
        foreach (var argument in command) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, await output, await error);
    }
}
