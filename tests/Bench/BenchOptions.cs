using System.Globalization;

namespace Postmill.Bench;

internal sealed record BenchOptions(IReadOnlyList<string> Rows, int Mails, int Rounds, string? Binary)
{
    /// <summary>Null, or what is wrong with the command line.</summary>
    public static string? Parse(string[] args, out BenchOptions options)
    {
        var rows = new List<string>();
        var numbers = new Dictionary<string, int> { ["--mails"] = 20_000, ["--rounds"] = 3 };
        string? binary = null;
        options = new BenchOptions([.. BenchRows.All.Keys], 0, 0, null);
        for (var at = 0; at < args.Length; at++)
        {
            if (numbers.ContainsKey(args[at]))
            {
                if (at + 1 == args.Length || !int.TryParse(args[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
                    return $"{args[at]} takes a number of at least 1";
                numbers[args[at++]] = number;
            }
            else if (args[at] == "--binary" && at + 1 < args.Length) binary = args[++at];
            else if (BenchRows.All.ContainsKey(args[at])) rows.Add(args[at]);
            else return $"'{args[at]}' is no row; rows: {string.Join(", ", BenchRows.All.Keys)}";
        }

        options = new BenchOptions(rows.Count > 0 ? rows : options.Rows, numbers["--mails"], numbers["--rounds"], binary);
        return null;
    }
}
