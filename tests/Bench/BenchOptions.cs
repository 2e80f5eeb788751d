using System.Globalization;

namespace Postmill.Bench;

/// <param name="Accounts">Null: each row's own number.</param>
/// <param name="Silos">Silo counts of the row sweep, one after the other.</param>
internal sealed record BenchOptions(
    IReadOnlyList<string> Rows, int Mails, int Rounds, string? Binary, int? Accounts = null, int Minutes = 0, IReadOnlyList<int>? SiloCounts = null, bool Settled = false,
    int Mailbox = 200_000)
{
    private const int MostSilos = 16;

    public static string Help { get; } = $"""
        usage: dotnet run -c Release --project tests/Bench -- [row …] [options]
        rows, default all of them:
          first-sync   a mailbox from its connection to everything stored, beside mbsync
          arrival      from a delivery to the frame at a WebSocket
          smtp-client  mails into smtp-sink over 8 sessions, beside smtp-source
          idle         managed memory of an IMAP connection in IDLE, with TLS and without
          calls        grain calls on the own silo and on another, beside a plain HTTP/2 POST
          activations  first calls of grains, and what an idle one weighs
          takeover     kill -9 of one silo of three, until its accounts are owned again
          reading      lists, searches, bodies and parts of one large mailbox, beside an empty route and bare SQL
          sweep        lag of the schedule, on 1, 2 and 3 silos; mail servers simulated
          send-pipeline  mails from the outbox to smtp-sink, beside smtp-source and nodemailer's pool (which npm installs)
        --mails N      mails of first-sync and send-pipeline (default 20000)
        --mailbox N    mails of reading (default 200000)
        --rounds N     rounds of first-sync, smtp-client, calls and send-pipeline; the medians are printed (default 3)
        --binary DIR   first-sync, arrival, send-pipeline: the published host to measure, as deploy/run.sh builds it; default: the build beside this one
        --accounts N   accounts of activations and takeover (default 10000) and of sweep (default 100000)
        --minutes N    sweep: length of the window that is measured, for each number of silos (default 2)
        --silos N,…    sweep: the numbers of silos (default 1,2,3)
        --settled      sweep: measure after every account has been synced once, which takes five minutes more for each number of silos
        """;

    public IReadOnlyList<int> Silos => SiloCounts ?? [1, 2, 3];

    /// <summary>Null, or what is wrong with the command line.</summary>
    public static string? Parse(string[] args, out BenchOptions options)
    {
        var rows = new List<string>();
        var numbers = new Dictionary<string, int?> { ["--mails"] = 20_000, ["--rounds"] = 3, ["--mailbox"] = 200_000, ["--accounts"] = null, ["--minutes"] = 2 };
        string? binary = null;
        IReadOnlyList<int>? silos = null;
        var settled = false;
        options = new BenchOptions([.. BenchRows.All.Keys], 0, 0, null);
        for (var at = 0; at < args.Length; at++)
        {
            if (numbers.ContainsKey(args[at]))
            {
                if (at + 1 == args.Length || !int.TryParse(args[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
                    return $"{args[at]} takes a number of at least 1";
                numbers[args[at++]] = number;
            }
            else if (args[at] == "--silos")
            {
                if (at + 1 == args.Length || (silos = Counts(args[++at])) is null) return $"--silos takes numbers from 1 to {MostSilos}, as in 1,2,3";
            }
            else if (args[at] == "--binary" && at + 1 < args.Length) binary = args[++at];
            else if (args[at] == "--settled") settled = true;
            else if (BenchRows.All.ContainsKey(args[at])) rows.Add(args[at]);
            else return $"'{args[at]}' is no row; rows: {string.Join(", ", BenchRows.All.Keys)}";
        }

        options = new BenchOptions(rows.Count > 0 ? rows : options.Rows, numbers["--mails"]!.Value, numbers["--rounds"]!.Value, binary, numbers["--accounts"], numbers["--minutes"]!.Value, silos, settled,
            numbers["--mailbox"]!.Value);
        return null;
    }

    private static IReadOnlyList<int>? Counts(string text)
    {
        var counts = text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0).ToArray();
        return counts.All(c => c is >= 1 and <= MostSilos) ? counts : null;
    }
}
