using Orleans;
using Orleans.Concurrency;

namespace Granary.Tests.Conformance;

[Alias("test.streamer")]
public interface IStreamer : IGrainWithStringKey
{
    IAsyncEnumerable<int> Count(int to, CancellationToken token = default);

    IAsyncEnumerable<int> Gated(int to, CancellationToken token = default);

    IAsyncEnumerable<int> Failing(int after);

    IAsyncEnumerable<Note> Notes();

    Task<int> Produced();

    Task Leave();

    Task Hold(string gate);
}
