using Orleans;
using Orleans.Concurrency;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

[Alias("test.streamer")]
public interface IStreamer : IGrainWithStringKey
{
    IAsyncEnumerable<int> Count(int to, CancellationToken token = default);

    IAsyncEnumerable<int> Gated(int to, CancellationToken token = default);

    IAsyncEnumerable<int> Failing(int after);

    Task<int> Produced();

    /// <summary>The name of the silo it runs on.</summary>
    Task<string> Where();

    Task Leave();

    Task Hold(string gate);
}
