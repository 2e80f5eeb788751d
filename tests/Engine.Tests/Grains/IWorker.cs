using Orleans;
using Orleans.Concurrency;

namespace Engine.Tests.Grains;

[Alias("test.worker")]
public interface IWorker : IGrainWithStringKey
{
    Task<string> Work(string name);

    Task<int> Increment();

    [AlwaysInterleave]
    Task<string> Peek();

    [ReadOnly]
    Task<string> Read(string name);

    Task<Guid> Activation();

    Task<Guid> Leave(string name);

    Task Throw(string message);

    Task<bool> StartsBackground(string name);

    Task<int> CallSelf();

    Task<string> CallBack(string other);

    [AlwaysInterleave]
    Task<string> CallBackInterleaved(string other);

    [ResponseTimeout("00:00:05")]
    Task<string> Slow(string name);

    Task<string> Patient(string name, CancellationToken token);

    [OneWay]
    Task Tell(string what);

    ValueTask<int> Twice(int value);
}
