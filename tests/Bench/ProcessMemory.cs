using System.Globalization;

namespace Postmill.Bench;

/// <param name="Heap">Managed bytes in use.</param>
/// <param name="Resident">Bytes of the process in memory.</param>
internal sealed record ProcessMemory(long Heap, long Resident)
{
    public static ProcessMemory Now() => new(GC.GetTotalMemory(forceFullCollection: false), Environment.WorkingSet);

    /// <summary>After a full collection that gives back what it can.</summary>
    public static ProcessMemory Collected()
    {
        for (var n = 0; n < 2; n++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return Now();
    }

    public static string Each(ProcessMemory before, ProcessMemory after, int count) => string.Create(CultureInfo.InvariantCulture,
        $"{(after.Heap - before.Heap) / (double)count / 1024:F1} KiB of managed heap, {(after.Resident - before.Resident) / (double)count / 1024:F1} KiB resident");
}
