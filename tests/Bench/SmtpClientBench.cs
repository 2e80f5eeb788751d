using System.Diagnostics;
using System.Globalization;
using Postmill.Protocols.Net;
using Postmill.Protocols.Smtp;
using Postmill.Testing.Servers;

namespace Postmill.Bench;

/// <summary>
/// Our client alone, into Postfix's smtp-sink, over sessions that each send mail after mail; beside Postfix's smtp-source with as many sessions, mails and bytes, which
/// keeps its sessions too (<c>-d</c>). The sink keeps nothing. Each turn goes to a sink of its own, in alternation.
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
            List<double> ours = [], source = [];
            for (var round = 1; round <= options.Rounds; round++)
            {
                source.Add(mails / await SmtpSource.RunAsync(Sessions, mails, size));
                ours.Add(mails / await OursAsync(mails, size));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"smtp-client {size >> 10} KiB round {round}: postmill {ours[^1]:F0}/s, smtp-source {source[^1]:F0}/s"));
            }
            table.Add(
                string.Create(CultureInfo.InvariantCulture, $"SMTP client alone to smtp-sink, {Sessions} sessions, {mails} mails of {size >> 10} KiB, plaintext loopback"),
                Rate(ours), $"smtp-source {Rate(source)}", string.Create(CultureInfo.InvariantCulture, $"{BenchTable.Median(ours) / BenchTable.Median(source):F2} × its rate"), "≥ 0.6 ×");
        }
    }

    private static async Task<double> OursAsync(int mails, int size)
    {
        await using var sink = await SmtpSink.StartAsync(keep: false);
        var endpoint = new MailEndpoint("127.0.0.1", sink.Port, TlsMode.None);
        var options = new SmtpOptions { Transport = new MailTransportOptions { AddressPolicy = AddressPolicy.Any, AllowPlaintext = true } };
        var content = SmtpSource.Content(size);
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

    private static string Rate(IReadOnlyList<double> values) =>
        string.Create(CultureInfo.InvariantCulture, $"{BenchTable.Median(values):F0} mails/s ({values.Min():F0}–{values.Max():F0})");
}
