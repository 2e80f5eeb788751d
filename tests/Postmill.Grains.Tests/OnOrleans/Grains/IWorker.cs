using Orleans;
using Orleans.Concurrency;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

[Alias("test.worker")]
public interface IWorker : IGrainWithStringKey
{
    Task<string> Work(string name);

    Task<int> Increment();

    [AlwaysInterleave]
    Task<string> Peek();

    Task<Guid> Activation();

    Task<Guid> Leave(string name);

    Task Throw(string message);

    /// <summary>As the driver does.</summary>
    Task ThrowStorage(string sqlState);

    Task<bool> StartsBackground(string name);

    [ResponseTimeout("00:00:05")]
    Task<string> Slow(string name);

    Task<string> Patient(string name, CancellationToken token);

    [OneWay]
    Task Tell(string what);
}
