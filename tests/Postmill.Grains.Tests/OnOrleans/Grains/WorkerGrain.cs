using Npgsql;
using Orleans;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

public sealed class WorkerGrain(Probe probe) : Grain, IWorker
{
    private readonly Guid _activation = Guid.NewGuid();
    private int _count;
    private int _inside;

    private string Key => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Note($"{Key} activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Note($"{Key} ended {reason.ReasonCode}");
        return probe.Gate($"{Key} may end");
    }

    public async Task<string> Work(string name)
    {
        probe.Note($"{name} begins");
        await probe.Gate(name);
        probe.Note($"{name} ends");
        return name;
    }

    public async Task<int> Increment()
    {
        Assert.Equal(1, Interlocked.Increment(ref _inside));
        var count = _count;
        await Task.Yield();
        _count = count + 1;
        Interlocked.Decrement(ref _inside);
        return _count;
    }

    public Task<string> Peek() => Task.FromResult("peeked");

    public Task<Guid> Activation() => Task.FromResult(_activation);

    public async Task<Guid> Leave(string name)
    {
        DeactivateOnIdle();
        await Work(name);
        return _activation;
    }

    public async Task Throw(string message)
    {
        await Task.Yield();
        throw new UnknownWordException(message);
    }

    public Task ThrowStorage(string sqlState) => throw new PostgresException("no more room", "ERROR", "ERROR", sqlState);

    public Task<bool> StartsBackground(string name)
    {
        _ = InBackground(name, TaskScheduler.Current);
        return Task.FromResult(true);
    }

    public Task<string> Slow(string name) => Work(name);

    public async Task<string> Patient(string name, CancellationToken token)
    {
        var scheduler = TaskScheduler.Current;
        var cancelled = new TaskCompletionSource<bool>();
        await using var registration = token.Register(() => cancelled.SetResult(TaskScheduler.Current == scheduler));
        probe.Note($"{name} begins");
        probe.Note($"{name} cancelled on its scheduler: {await cancelled.Task}");
        token.ThrowIfCancellationRequested();
        return name;
    }

    public Task Tell(string what)
    {
        probe.Note(what);
        throw new InvalidOperationException("Nobody hears this.");
    }

    private async Task InBackground(string name, TaskScheduler scheduler)
    {
        await probe.Gate(name);
        probe.Note($"{name} on the scheduler: {TaskScheduler.Current == scheduler}");
        await this.AsReference<IWorker>().Increment();
        probe.Note($"{name} still on it: {TaskScheduler.Current == scheduler}");
    }
}
