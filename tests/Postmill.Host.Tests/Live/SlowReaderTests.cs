using System.Diagnostics.Metrics;

namespace Postmill.Host.Tests.Live;

/// <summary>Hard case 53.</summary>
public sealed class SlowReaderTests : IAsyncLifetime
{
    private const int Padding = 8_000;
    private LiveHost _host = null!;

    public async Task InitializeAsync() => _host = await LiveHost.StartAsync(("QueueFrames", "16"), ("CatchUpPage", "32"), ("SendSeconds", "120"), ("PongSeconds", "120"));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task One_reader_with_a_zero_window_holds_up_nobody_is_fed_from_the_log_and_misses_nothing()
    {
        using var fellBehind = new Counted("postmill.live.fell_behind");
        await using var stuck = await RawClient.ConnectAsync(_host, receiveBuffer: 4096);
        var others = new List<InboxClient>();
        for (var i = 0; i < 20; i++) others.Add(await _host.ConnectAsync());
        // 20 MB: far more than the sockets' buffers and the queue of the one that does not read.
        const int events = 2_500;
        var reading = others.Select(client => client.NumbersAsync(events)).ToList();
        for (var n = 1; n <= events; n += 50) await _host.PublishAsync(n, 50, Padding);
        foreach (var numbers in await Task.WhenAll(reading)) Assert.Equal(Enumerable.Range(1, events), numbers);
        Assert.True(fellBehind.Total > 0, "the stuck reader's queue never overflowed");

        for (var n = 1; n <= events; n++)
        {
            var (opcode, payload) = await stuck.FrameAsync();
            if (opcode == 9) n--;
            else Assert.Equal(LiveHost.Frame(n, Padding), System.Text.Encoding.UTF8.GetString(payload));
        }
        await _host.PublishAsync(events + 1, 1);
        Assert.Equal(LiveHost.Frame(events + 1), System.Text.Encoding.UTF8.GetString((await stuck.FrameAsync()).Payload));
        foreach (var client in others) await client.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_stops_reading_for_longer_than_a_send_may_take_is_dropped()
    {
        await using var impatient = await LiveHost.StartAsync(("SendSeconds", "0.5"));
        await using var stuck = await RawClient.ConnectAsync(impatient, receiveBuffer: 4096);
        for (var n = 1; n <= 2_000; n += 100) await impatient.PublishAsync(n, 100, Padding);
        await impatient.WaitForSocketsAsync(0);
    }

    private sealed class Counted : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _total;

        public Counted(string instrument)
        {
            _listener.InstrumentPublished = (published, listener) =>
            {
                if (published.Name == instrument) listener.EnableMeasurementEvents(published);
            };
            _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _total, value));
            _listener.Start();
        }

        public long Total => Interlocked.Read(ref _total);

        public void Dispose() => _listener.Dispose();
    }
}
