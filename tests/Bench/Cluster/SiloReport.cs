namespace Postmill.Bench.Cluster;

/// <summary>What a simulated silo says of itself when asked.</summary>
/// <param name="LagSeconds">Of every automatic run that has ended since the last asking: from due to started.</param>
/// <param name="ProcessorSeconds">Of the process, since its start.</param>
/// <param name="Collections">Garbage collections of each generation so far.</param>
internal sealed record SiloReport(double[] LagSeconds, double ProcessorSeconds, ProcessMemory Memory, int[] Collections, long AllocatedBytes);
