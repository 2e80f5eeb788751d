namespace Granary.Tests.Transport;

/// <summary>A machine whose clock is wrong: its date is off, its seconds last as long as everybody's.</summary>
internal sealed class ShiftedTime(TimeSpan off) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + off;
}
