using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Npgsql;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync;

/// <summary>Real processes: the host is killed with SIGKILL in the middle of a first sync and started again on the same, durable PostgreSQL.</summary>
public sealed class CrashTests
{
    private const int Inbox = 18_000, Archive = 2_000;
    private const string Password = "s3cret";

    [Fact]
    public async Task Killed_during_a_first_sync_of_20_000_mails_and_started_again_the_store_equals_the_server_and_nothing_old_is_news()
    {
        await using var postgres = await PostgresServer.StartAsync(new PostgresOptions(Durable: true));
        var database = await postgres.CreateDatabaseAsync();
        await using var dovecot = await DovecotServer.StartAsync();
        var mailbox = $"m{Guid.NewGuid():N}@example.org";
        dovecot.AddUser(mailbox, Password);
        await dovecot.SeedAsync(mailbox, "INBOX", Enumerable.Range(0, Inbox).Select(Mail));
        await dovecot.SeedAsync(mailbox, "Archive", Enumerable.Range(Inbox, Archive).Select(Mail));
        using var siloPort = PortLease.Take();

        Guid account;
        await using (var host = await StartAsync(database, siloPort))
        {
            account = await ConnectAsync(host, dovecot, mailbox);
            await UntilStoredAsync(database, 1_000);
            await host.KillAsync();
        }

        foreach (var progress in (int[])[5_000, 12_000])
        {
            await using var host = await StartAsync(database, siloPort);
            await UntilStoredAsync(database, progress);
            await host.KillAsync();
        }

        await using var last = await StartAsync(database, siloPort);
        await Eventually.TrueAsync("the first sync is complete", () => IsSyncedAsync(database), async () => $"{await CountAsync(database, "message")} stored; {last.Output[^2000..]}", TimeSpan.FromMinutes(2));
        (await OracleMailbox.ReadAsync(dovecot.ImapPort, mailbox, Password)).AssertEquals(await StoredMailbox.ReadAsync(database, account));
        Assert.Equal(Inbox + Archive, await CountAsync(database, "message"));
        Assert.Equal(0, await CountAsync(database, "event"));

        await dovecot.DeliverAsync(mailbox, Mail(Inbox + Archive));
        await Eventually.TrueAsync("the new mail is the one event", async () => await CountAsync(database, "event") == 1);
        Assert.Equal(Inbox + Archive + 1, await CountAsync(database, "message"));
    }

    private static Task<HostProcess> StartAsync(string database, PortLease siloPort) => HostProcess.StartAsync(new HostOptions(database)
    {
        Environment = new Dictionary<string, string?>
        {
            ["Postmill__Mail__AllowPrivateHosts"] = "true",
            ["Postmill__Mail__AllowPlaintext"] = "true",
            ["Postmill__Sync__BatchMails"] = "200",
            ["Postmill__Sync__SweepSeconds"] = "0.5",
            ["Postmill__Cluster__Port"] = siloPort.Port.ToString(CultureInfo.InvariantCulture),
        },
    });

    private static async Task<Guid> ConnectAsync(HostProcess host, DovecotServer dovecot, string mailbox)
    {
        using var client = new HttpClient { BaseAddress = host.Address };
        using var signedUp = await client.PostAsJsonAsync("/api/auth/sign-up", new { email = "crash@example.org", password = "correct horse battery" });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await signedUp.JsonAsync()).GetProperty("token").GetString());
        using var connected = await client.PostAsJsonAsync("/api/accounts", new
        {
            email = mailbox,
            imap_host = "127.0.0.1",
            imap_port = dovecot.ImapPort,
            smtp_host = "127.0.0.1",
            smtp_port = dovecot.SubmissionPort,
            username = mailbox,
            password = Password,
            tls = "none",
        });
        return (await connected.JsonAsync()).GetProperty("account").GetProperty("id").GetGuid();
    }

    private static Task UntilStoredAsync(string database, int mails) => Eventually.TrueAsync(
        $"{mails} mails are stored", async () => await CountAsync(database, "message") >= mails, async () => $"{await CountAsync(database, "message")} stored", TimeSpan.FromMinutes(2));

    private static async Task<bool> IsSyncedAsync(string database) =>
        await CountAsync(database, "account WHERE first_synced_at IS NOT NULL AND run_started_at IS NULL") == 1;

    private static async Task<long> CountAsync(string database, string what)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var count = new NpgsqlCommand($"SELECT count(*) FROM {what}", connection);
        return (long)(await count.ExecuteScalarAsync())!;
    }

    private static byte[] Mail(int n) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"From: Sender {n} <sender{n % 97}@example.net>\r\nTo: me@example.org\r\nSubject: mail number {n}\r\nMessage-ID: <{n}@example.net>\r\nDate: Thu, 15 Jan 2026 10:00:00 +0000\r\n\r\n{string.Concat(Enumerable.Repeat($"Line {n} of a mail that says little.\r\n", 20))}"));
}
