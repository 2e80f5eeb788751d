using System.Diagnostics;
using System.Globalization;
using System.Text;
using Postmill.Testing.Servers;

namespace Postmill.Bench;

/// <summary>Postfix's smtp-source, the load generator that comes with smtp-sink.</summary>
internal static class SmtpSource
{
    /// <summary>Seconds that it takes with a sink of its own.</summary>
    public static async Task<double> RunAsync(int sessions, int mails, int size)
    {
        await using var sink = await SmtpSink.StartAsync(keep: false);
        string[] arguments = ["-d", "-s", Text(sessions), "-m", Text(mails), "-l", Text(size), "-M", "bench.test", "-f", "from@bench.test", "-t", "to@bench.test", $"127.0.0.1:{sink.Port}"];
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("smtp-source", arguments) { RedirectStandardError = true, Environment = { ["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin" } })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"smtp-source ended with {process.ExitCode}: {errors}");
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>A mail like its own: a short header, and so many bytes in lines of 80.</summary>
    public static byte[] Content(int size)
    {
        var content = new StringBuilder("From: <from@bench.test>\r\nTo: <to@bench.test>\r\nDate: Thu, 15 Jan 2026 10:00:00 +0000\r\nMessage-Id: <1@bench.test>\r\n\r\n");
        var line = new string('X', 78) + "\r\n";
        for (var written = 0; written < size; written += line.Length) content.Append(written + line.Length <= size ? line : line[^(size - written)..]);
        return Encoding.ASCII.GetBytes(content.ToString());
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
