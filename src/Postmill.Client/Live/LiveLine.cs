using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary>A place in the log, and the connection that moves it on; a new one whenever the last is lost.</summary>
internal sealed class LiveLine(HttpClient http, Uri inbox, string key, long? after, PostmillClientOptions options) : IAsyncDisposable
{
    // Without `after` the service numbers no frame, and nothing could be resumed. Asked to go on beyond the end of its log, it says where the end is.
    private const long BeyondTheEnd = long.MaxValue;

    private long? _after = after;
    private LiveConnection? _connection;
    private bool _everConnected;
    private int _losses;

    /// <summary>The next event; null at the end.</summary>
    public async Task<LiveEvent?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                _connection ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
                if (await _connection.ReceiveAsync(cancellationToken).ConfigureAwait(false) is not { } frame) return null;
                _losses = 0;
                if (Accept(LiveFrame.Parse(frame)) is { } next) return next;
            }
            catch (LiveLostException lost) when (!_everConnected && !lost.ForNow)
            {
                throw new PostmillException("unreachable", $"{inbox} cannot be reached: {lost.Message}", lost) { Status = lost.Status };
            }
            catch (LiveLostException lost)
            {
                await WaitAsync(lost, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection) await connection.DisposeAsync().ConfigureAwait(false);
        _connection = null;
    }

    private async Task<LiveConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var address = new Uri(inbox, ApiPath.Query(("after", (_after ?? BeyondTheEnd).ToString(System.Globalization.CultureInfo.InvariantCulture))));
        var connection = await LiveConnection.OpenAsync(http, address, key, options, cancellationToken).ConfigureAwait(false);
        _everConnected = true;
        return connection;
    }

    /// <summary>Null for what the caller need not know: a repeat, and the place where a feed that begins now begins.</summary>
    private LiveEvent? Accept(LiveEvent next)
    {
        var known = _after;
        if (next is not ResyncRequired && next.Seq <= known) return null;
        _after = next.Seq;
        return next is ResyncRequired && known is null ? null : next;
    }

    private async Task WaitAsync(LiveLostException lost, CancellationToken cancellationToken)
    {
        await DisposeAsync().ConfigureAwait(false);
        var wait = Backoff.After(++_losses);
        if (lost.RetryAfter is { } asked && asked > wait) wait = asked < options.LongestRetryAfter ? asked : options.LongestRetryAfter;
        options.LiveInterrupted?.Invoke(new LiveInterruption(lost.Message, wait, _after));
        await Task.Delay(wait, options.Clock, cancellationToken).ConfigureAwait(false);
    }
}
