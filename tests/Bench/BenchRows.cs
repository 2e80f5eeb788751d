using Postmill.Bench.Cluster;
using Postmill.Bench.Grains;
using Postmill.Bench.Reading;
using Postmill.Bench.Sending;

namespace Postmill.Bench;

internal static class BenchRows
{
    public static readonly IReadOnlyDictionary<string, Func<BenchOptions, BenchTable, Task>> All = new Dictionary<string, Func<BenchOptions, BenchTable, Task>>
    {
        ["first-sync"] = FirstSyncBench.RunAsync,
        ["arrival"] = ArrivalBench.RunAsync,
        ["smtp-client"] = SmtpClientBench.RunAsync,
        ["idle"] = IdleBench.RunAsync,
        ["calls"] = CallsBench.RunAsync,
        ["activations"] = ActivationsBench.RunAsync,
        ["takeover"] = TakeoverBench.RunAsync,
        ["reading"] = ReadingBench.RunAsync,
        ["sweep"] = SweepBench.RunAsync,
        ["send-pipeline"] = SendPipelineBench.RunAsync,
    };
}
