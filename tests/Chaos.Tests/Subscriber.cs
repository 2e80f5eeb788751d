using System.Net.WebSockets;
using System.Text.Json;

namespace Chaos.Tests;

/// <summary>How a socket ended that had been open. Code 0: without a close frame, and the reason is the fault.</summary>
internal sealed record SocketEnd(string Silo, int Code, string? Reason);

/// <summary>A client as the public page asks for: whenever its socket ends it comes back, with jitter, to another silo, from the last <c>seq</c> it saw.</summary>
internal sealed class Subscriber(User user, IReadOnlyList<Silo> silos, Random random, long after)
{
    private const int MostJitterMilliseconds = 500;

    private readonly List<string> _frames = [];
    private readonly List<SocketEnd> _ends = [];
    private readonly Lock _gate = new();
    private long _last = after;
    private Silo? _at;

    public User User { get; } = user;

    /// <summary>Everything up to this was seen before.</summary>
    public long After { get; } = after;

    /// <summary>The silo whose socket is open; null between two.</summary>
    public Silo? At => Volatile.Read(ref _at);

    public long Last => Interlocked.Read(ref _last);

    /// <summary>What was missed, doubled or out of order; null while all is well.</summary>
    public string? Wrong { get; private set; }

    public IReadOnlyList<SocketEnd> Ends
    {
        get { lock (_gate) return [.. _ends]; }
    }

    public IReadOnlyList<string> Frames
    {
        get { lock (_gate) return [.. _frames]; }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        Silo? before = null;
        while (!stop.IsCancellationRequested)
        {
            if (Another(before) is { } silo)
            {
                await StayAsync(silo, stop);
                before = silo;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(MostJitterMilliseconds)), TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StayAsync(Silo silo, CancellationToken stop)
    {
        try
        {
            await using var client = await InboxClient.ConnectAsync(silo.Http, $"/mail/ws/inbox?after={Last}", User.Key);
            Volatile.Write(ref _at, silo);
            while (await client.ReadAsync(stop) is { } frame) Take(frame);
            var (code, reason) = await client.AnswerCloseAsync();
            Ended(new SocketEnd(silo.Name, code, reason));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception fault) when (fault is WebSocketException or IOException or OperationCanceledException)
        {
            // Refused before it was open (draining, gone): the next silo is asked.
            if (At is not null) Ended(new SocketEnd(silo.Name, 0, fault.Message));
        }
        finally
        {
            Volatile.Write(ref _at, null);
        }
    }

    private Silo? Another(Silo? before)
    {
        var open = silos.Where(s => s.IsOpen && s != before).ToList();
        return open.Count > 0 ? open[random.Next(open.Count)] : null;
    }

    private void Take(string frame)
    {
        var seq = JsonElement.Parse(frame).TryGetProperty("seq", out var number) ? number.GetInt64() : -1;
        if (seq != Last + 1) Wrong ??= $"after {Last} came {frame}";
        lock (_gate) _frames.Add(frame);
        Interlocked.Exchange(ref _last, seq);
    }

    private void Ended(SocketEnd end)
    {
        lock (_gate) _ends.Add(end);
    }
}
