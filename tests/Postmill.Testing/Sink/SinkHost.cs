using System.Runtime.InteropServices;
using System.Text.Json;

namespace Postmill.Testing.Sink;

/// <summary>What runs in a sink's own process.</summary>
public static class SinkHost
{
    internal const string Announcement = "sink listens on ";

    /// <param name="optionsPath">A file of <see cref="SinkOptions"/> as JSON.</param>
    public static async Task RunAsync(string optionsPath)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            asked.TrySetResult();
        });
        var options = JsonSerializer.Deserialize<SinkOptions>(await File.ReadAllTextAsync(optionsPath), SinkOrder.Json) ?? throw new InvalidDataException(optionsPath);
        await using var sink = await JournalSink.StartAsync(options);
        await using var control = new SinkControl(sink);
        Console.WriteLine($"{Announcement}{sink.Port} and obeys on {control.Port}");
        await asked.Task;
    }
}
