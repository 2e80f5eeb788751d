using System.Globalization;

namespace Postmill.Bench.Sending;

/// <summary>What a process weighs, once a second.</summary>
internal sealed class ResidentSamples : IAsyncDisposable
{
    private const int Told = 8;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<long> _mebibytes = [];
    private readonly Task _sampling;

    public ResidentSamples(int process) => _sampling = SampleAsync(process);

    /// <summary>Ends sampling; some of the samples, evenly spread.</summary>
    public async Task<string> TellAsync()
    {
        await _stop.CancelAsync();
        await _sampling;
        var some = Enumerable.Range(0, Told).Select(n => _mebibytes[n * (_mebibytes.Count - 1) / (Told - 1)]);
        return string.Create(CultureInfo.InvariantCulture, $"resident over the run {string.Join(" ", some)} MiB");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sampling;
        _stop.Dispose();
    }

    private async Task SampleAsync(int process)
    {
        using var timer = new PeriodicTimer(Every);
        try
        {
            do
            {
                var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
                _mebibytes.Add(long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024);
            }
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }
}
