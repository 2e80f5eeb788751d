using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Postmill.Testing.Servers;

namespace Postmill.Bench;

/// <summary>
/// From the beginning of an LMTP delivery to the frame at a WebSocket client. Beside it a bare client in IDLE hears of the same mail: Dovecot gathers changes for half a
/// second before it tells idle clients, so what is ours is the difference.
/// </summary>
internal static class ArrivalBench
{
    private const string User = "arrival@example.org", Password = "bench";
    private const int Mails = 300, WarmUp = 20;

    public static async Task RunAsync(BenchOptions options, BenchTable table)
    {
        await using var dovecot = await DovecotServer.StartAsync(new DovecotOptions());
        dovecot.AddUser(User, Password);
        await using var host = await BenchHost.StartAsync(options);
        await host.UntilSyncedAsync(await host.ConnectAsync(dovecot, User, Password));
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {await host.NewKeyAsync()}");
        await socket.ConnectAsync(new Uri($"ws://{host.Address.Authority}/mail/ws/inbox"), CancellationToken.None);

        await using var bare = await BareIdle.StartAsync(dovecot.ImapPort, User, Password);
        List<double> frames = [], told = [], ours = [];
        for (var n = 0; n < WarmUp + Mails; n++)
        {
            var subject = $"arrival {n}";
            var began = Stopwatch.GetTimestamp();
            var delivering = dovecot.DeliverAsync(User, Encoding.ASCII.GetBytes($"From: a@example.net\r\nTo: {User}\r\nSubject: {subject}\r\nMessage-ID: <{n}@example.net>\r\n\r\nHello.\r\n"));
            await FrameAsync(socket, subject);
            var arrived = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            var exists = Stopwatch.GetElapsedTime(began, await bare.ExistsAsync(n + 1)).TotalMilliseconds;
            await delivering;
            if (n < WarmUp) continue;
            frames.Add(arrived);
            told.Add(exists);
            ours.Add(arrived - exists);
        }

        table.Add($"arrival (LMTP begins) → frame at the WebSocket, {Mails} mails", Quantiles(frames), $"bare IDLE client hears EXISTS: {Quantiles(told)}", "–", "–");
        table.Add("EXISTS at the bare client → frame at the WebSocket (fetched, stored, committed, fanned out)", Quantiles(ours), "–", "–", "p99 ≤ 50 ms");
    }

    private static async Task FrameAsync(ClientWebSocket socket, string subject)
    {
        var buffer = new byte[64 * 1024];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, patience.Token);
            using var frame = JsonDocument.Parse(buffer.AsMemory(0, received.Count));
            if (frame.RootElement.GetProperty("type").GetString() == "email_received" && frame.RootElement.GetProperty("subject").GetString() == subject) return;
        }
    }

    private static string Quantiles(IReadOnlyList<double> values) =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {BenchTable.Percentile(values, 0.5):F1} ms, p99 {BenchTable.Percentile(values, 0.99):F1} ms");
}
