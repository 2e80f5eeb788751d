using Postmill.Bench;
using Postmill.Bench.Cluster;
using Postmill.Bench.Reading;

// Prints one table of figures, measured side by side in this run where there is something to measure beside. It starts itself again for simulated silos and for the empty route.
if (args is [SimulatedSilo.Verb, ..]) return await SimulatedSilo.RunAsync(args[1..]);
if (args is [EmptyRoute.Verb]) return await EmptyRoute.RunAsync();
if (args.Contains("--help"))
{
    Console.WriteLine(BenchOptions.Help);
    return 0;
}

if (BenchOptions.Parse(args, out var options) is { } problem)
{
    Console.Error.WriteLine(problem);
    return 2;
}

var table = new BenchTable();
foreach (var row in options.Rows) await BenchRows.All[row](options, table);
table.Print(Console.Out);
return 0;
