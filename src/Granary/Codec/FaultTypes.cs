using Orleans.Runtime;

namespace Granary.Codec;

/// <summary>The framework's and the engine's faults that keep their type from silo to silo.</summary>
internal static class FaultTypes
{
    private static readonly Dictionary<string, Type> ByName = new[]
    {
        typeof(Exception), typeof(ArgumentException), typeof(ArgumentNullException), typeof(ArgumentOutOfRangeException), typeof(InvalidOperationException), typeof(ObjectDisposedException),
        typeof(NotSupportedException), typeof(NotImplementedException), typeof(TimeoutException), typeof(OperationCanceledException), typeof(TaskCanceledException), typeof(FormatException),
        typeof(KeyNotFoundException), typeof(UnauthorizedAccessException), typeof(IOException), typeof(InvalidDataException), typeof(OverflowException), typeof(NullReferenceException),
        typeof(OrleansException), typeof(OrleansMessageRejectionException), typeof(SiloUnavailableException), typeof(LimitExceededException), typeof(EnumerationAbortedException),
        typeof(Orleans.Serialization.SerializerException), typeof(Orleans.Serialization.CodecNotFoundException),
    }.ToDictionary(t => t.ToString());

    public static Type? Known(string name) => ByName.GetValueOrDefault(name);
}
