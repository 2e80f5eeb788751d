namespace Granary.Activations;

/// <summary>Runs the tasks of one activation in order, one thread at a time, on the thread pool.</summary>
internal sealed class ActivationScheduler : TaskScheduler, IThreadPoolWorkItem
{
    /// <summary>Tasks run before the thread is given back, so that one busy activation does not keep others waiting.</summary>
    private const int TasksPerSlice = 64;

    [ThreadStatic]
    private static ActivationScheduler? t_running;

    private readonly Lock _gate = new();
    private readonly Queue<Task> _tasks = new();
    private bool _scheduled;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs <paramref name="work"/> on this scheduler, without the caller's ambient values: a turn inherits nothing from whoever happened to start it.</summary>
    public Task Run(Func<object, Task> work, object state)
    {
        if (ExecutionContext.IsFlowSuppressed()) return StartAsync(work, state);
        using var suppressed = ExecutionContext.SuppressFlow();
        return StartAsync(work, state);
    }

    void IThreadPoolWorkItem.Execute()
    {
        var outer = t_running;
        t_running = this;
        try
        {
            for (var i = 0; i < TasksPerSlice; i++)
            {
                Task? task;
                lock (_gate)
                {
                    if (!_tasks.TryDequeue(out task))
                    {
                        _scheduled = false;
                        return;
                    }
                }

                TryExecuteTask(task);
            }
        }
        finally
        {
            t_running = outer;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            _tasks.Enqueue(task);
            if (_scheduled) return;
            _scheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        t_running == this && !taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_gate) return [.. _tasks];
    }

    private Task<Task> StartAsync(Func<object, Task> work, object state) =>
        Task.Factory.StartNew(work!, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);
}
