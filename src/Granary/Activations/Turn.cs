using System.Diagnostics;

namespace Granary.Activations;

/// <summary>A piece of work of an activation: a call, a tick, a read of a stream.</summary>
internal abstract class Turn
{
    /// <summary>Whether it may start while others run.</summary>
    public virtual bool Interleaves => false;

    /// <summary>Whether it may run beside others that change nothing.</summary>
    public virtual bool ReadOnly => false;

    /// <summary>Whether it only reads a stream: such turns do not hold up the end of the activation.</summary>
    public virtual bool Reads => false;

    /// <summary>Whether it makes the activation young again.</summary>
    public virtual bool KeepsAlive => true;

    /// <summary>Whether it comes from outside, so that the queue's limit applies.</summary>
    public virtual bool Bounded => true;

    /// <summary>Whether the next activation can run it when this one has ended.</summary>
    public virtual bool MayMove => true;

    /// <summary>How often it was handed on because its activation had ended.</summary>
    public int Forwards { get; set; }

    /// <summary>What it is counted as while it runs; the activation's own note.</summary>
    public TurnSlot Slot { get; set; }

    public Activity? Activity { get; } = Activity.Current;

    /// <summary>Runs it, on the activation's scheduler. Does not throw: the outcome goes to whoever waits for it.</summary>
    public abstract Task RunAsync(Activation activation);

    /// <summary>It will not run.</summary>
    public abstract void Reject(Exception reason);
}
