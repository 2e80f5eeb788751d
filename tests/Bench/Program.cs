using Postmill.Bench;

// Prints one table of ratios, measured side by side in this run. Usage: dotnet run -c Release --project tests/Bench -- [row …] [--mails N] [--rounds N] [--binary DIR]
if (args.Contains("--help"))
{
    Console.WriteLine($"""
        usage: dotnet run -c Release --project tests/Bench -- [row …] [--mails N] [--rounds N] [--binary DIR]
        rows: {string.Join(", ", BenchRows.All.Keys)}; default: all
        --mails N    mails of the first sync (default 20000)
        --rounds N   rounds of each pair; the medians are printed (default 3)
        --binary DIR the published host to measure, as deploy/run.sh builds it; default: the build beside this one
        """);
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
