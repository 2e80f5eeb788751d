using System.Diagnostics;
using System.Globalization;
using System.Text;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;
using Postmill.Testing.Servers;

namespace Postmill.Bench;

/// <summary>
/// Our client alone, into Postfix's smtp-sink, over sessions that each send mail after mail; beside Postfix's smtp-source with as many sessions, mails and bytes, which
/// keeps its sessions too. The sink keeps nothing. Each turn goes to a sink of its own, in alternation.
/// </summary>
internal static class SmtpClientBench
{
    private const int Sessions = 8;
    private static readonly (int Mails, int Size)[] Loads = [(20_000, 4 * 1024), (5_000, 64 * 1024)];

    public static async Task RunAsync(BenchOptions options, BenchTable table)
    {
        foreach (var (mails, size) in Loads)
        {
            await OursAsync(mails / 4, size);
            List<double> ours = [], source = [], busy = [], allocated = [];
            for (var round = 1; round <= options.Rounds; round++)
            {
                source.Add(mails / await SourceAsync(Sessions, mails, size));
                var (cpu, bytes) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
                ours.Add(mails / await OursAsync(mails, size));
                busy.Add((Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / mails);
                allocated.Add((double)(GC.GetTotalAllocatedBytes() - bytes) / mails);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"smtp-client {size >> 10} KiB round {round}: postmill {ours[^1]:F0}/s ({busy[^1]:F0} µs of processor, {allocated[^1]:F0} bytes allocated a mail), smtp-source {source[^1]:F0}/s"));
            }
            table.Add(
                string.Create(CultureInfo.InvariantCulture, $"SMTP client alone to smtp-sink, {Sessions} sessions, {mails} mails of {size >> 10} KiB, plaintext loopback"),
                string.Create(CultureInfo.InvariantCulture, $"{Rate(ours)}, {BenchTable.Median(busy):F0} µs of processor and {BenchTable.Median(allocated):F0} bytes a mail"),
                $"smtp-source {Rate(source)}", string.Create(CultureInfo.InvariantCulture, $"{BenchTable.Median(ours) / BenchTable.Median(source):F2} × its rate"), "≥ 0.8 ×");
        }
    }

    private static async Task<double> OursAsync(int mails, int size)
    {
        await using var sink = await SmtpSink.StartAsync(keep: false);
        var endpoint = new MailEndpoint("127.0.0.1", sink.Port, TlsMode.None);
        var options = new SmtpOptions { Transport = new MailTransportOptions { AddressPolicy = AddressPolicy.Any, AllowPlaintext = true } };
        var content = Content(size);
        var left = mails;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(async _ =>
        {
            await using var connection = await SmtpConnection.ConnectAsync(endpoint, options, CancellationToken.None);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                // As the outbox does: an envelope and a payload for each mail.
                var sent = await connection.SendAsync(new SmtpEnvelope("from@bench.test", [new SmtpRecipient("to@bench.test")]), SmtpPayload.Of(content), static _ => ValueTask.FromResult(true), CancellationToken.None);
                if (sent.Kind != SmtpDeliveryKind.Accepted) throw new InvalidOperationException(sent.Text);
            }
            await connection.QuitAsync(CancellationToken.None);
        }));
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Seconds that Postfix's smtp-source takes, into a sink of its own.</summary>
    public static async Task<double> SourceAsync(int sessions, int mails, int size)
    {
        await using var sink = await SmtpSink.StartAsync(keep: false);
        var began = Stopwatch.GetTimestamp();
        await PostfixSource.RunAsync(sink.Port, new PostfixSource.Load(mails, sessions, size));
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>A mail like those of smtp-source: a short header, and so many bytes in lines of 80.</summary>
    private static byte[] Content(int size)
    {
        var content = new StringBuilder("From: <from@bench.test>\r\nTo: <to@bench.test>\r\nDate: Thu, 15 Jan 2026 10:00:00 +0000\r\nMessage-Id: <1@bench.test>\r\n\r\n");
        var line = new string('X', 78) + "\r\n";
        for (var written = 0; written < size; written += line.Length) content.Append(written + line.Length <= size ? line : line[^(size - written)..]);
        return Encoding.ASCII.GetBytes(content.ToString());
    }

    private static string Rate(IReadOnlyList<double> values) =>
        string.Create(CultureInfo.InvariantCulture, $"{BenchTable.Median(values):F0} mails/s ({values.Min():F0}–{values.Max():F0})");
}
