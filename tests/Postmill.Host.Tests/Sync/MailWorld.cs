using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync;

/// <summary>A host, a Dovecot and one user of each: what most sync stories begin with.</summary>
public sealed class MailWorld : IAsyncDisposable
{
    public const string Password = "s3cret of the mailbox";

    private readonly bool _ownsDovecot;
    private readonly bool _ownsHost;

    private MailWorld(HostFixture host, DovecotServer dovecot, SignedIn user, bool ownsDovecot, bool ownsHost)
    {
        Host = host;
        Dovecot = dovecot;
        User = user;
        _ownsDovecot = ownsDovecot;
        _ownsHost = ownsHost;
        ImapsPort = dovecot.ImapsPort;
        Mailbox = NewMailbox();
    }

    public HostFixture Host { get; }

    public DovecotServer Dovecot { get; }

    public SignedIn User { get; }

    /// <summary>The login and address at the mail server.</summary>
    public string Mailbox { get; }

    /// <summary>Where the host reaches IMAP; a proxy's port when a story stands between the two.</summary>
    public int ImapsPort { get; set; }

    /// <summary>How TLS begins there: <c>implicit</c>, <c>starttls</c> or <c>none</c>.</summary>
    public string ImapTls { get; set; } = "implicit";

    public HttpClient Client => User.Client;

    /// <param name="settings">Beside those that let it reach servers on this machine.</param>
    /// <param name="own">A Dovecot for this test alone, with these options.</param>
    public static async Task<MailWorld> StartAsync(IReadOnlyDictionary<string, string>? settings = null, DovecotOptions? own = null, HostFixtureOptions? host = null)
    {
        var dovecot = own is null ? await SharedDovecot.GetAsync() : await DovecotServer.StartAsync(own);
        var fixture = await HostFixture.StartAsync((host ?? new HostFixtureOptions()) with { Settings = LocalSettings(settings) });
        return new MailWorld(fixture, dovecot, await fixture.SignUpAsync(), own is not null, ownsHost: true);
    }

    /// <summary>A new user of a host, and a mail server, that others use too and that stay when this world ends.</summary>
    public static async Task<MailWorld> InAsync(HostFixture host, DovecotServer dovecot) =>
        new(host, dovecot, await host.SignUpAsync(), ownsDovecot: false, ownsHost: false);

    /// <summary>What a host needs to reach the servers on this machine.</summary>
    public static Dictionary<string, string> LocalSettings(IReadOnlyDictionary<string, string>? settings = null)
    {
        var all = new Dictionary<string, string>
        {
            ["Postmill:Mail:AllowPrivateHosts"] = "true",
            ["Postmill:Mail:AllowPlaintext"] = "true",
            ["Postmill:Mail:TrustedCertificates"] = TestCertificates.Shared.AuthorityPath,
            ["Postmill:Sync:SweepSeconds"] = "0.2",
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string>()) all[name] = value;
        return all;
    }

    /// <summary>One more mailbox at the server.</summary>
    public string NewMailbox()
    {
        var mailbox = $"m{Guid.NewGuid():N}@example.org";
        Dovecot.AddUser(mailbox, Password);
        return mailbox;
    }

    /// <summary>The body of <c>POST /api/accounts</c> for a mailbox, over implicit TLS unless said otherwise.</summary>
    public Dictionary<string, object?> ConnectBody(string? mailbox = null) => new()
    {
        ["email"] = mailbox ?? Mailbox,
        ["name"] = "Your Name",
        ["imap_host"] = "localhost",
        ["imap_port"] = ImapsPort,
        ["imap_tls"] = ImapTls,
        ["smtp_host"] = "localhost",
        ["smtp_port"] = Dovecot.SubmissionPort,
        ["smtp_tls"] = "starttls",
        ["username"] = mailbox ?? Mailbox,
        ["password"] = Password,
    };

    public async Task<Guid> ConnectAsync(string? mailbox = null)
    {
        using var answer = await Client.PostAsJsonAsync("/api/accounts", ConnectBody(mailbox));
        var body = await answer.JsonAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, body.ToString());
        return body.GetProperty("account").GetProperty("id").GetGuid();
    }

    /// <summary>Connects and waits for the first sync to succeed.</summary>
    public async Task<Guid> ConnectAndSyncAsync(string? mailbox = null)
    {
        var account = await ConnectAsync(mailbox);
        await UntilAsync(account, "idle");
        return account;
    }

    /// <summary>
    /// <c>POST /api/sync</c> that ran; joins a run that is going and asks again once it ended, so that the answer reflects the server now. Needs a world whose
    /// throttle window is zero (<see cref="Unthrottled"/>).
    /// </summary>
    public async Task<JsonElement> SyncAsync(Guid account)
    {
        while (true)
        {
            using var answer = await Client.PostAsJsonAsync("/api/sync", new { account_id = account });
            var body = await answer.JsonAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.OK, body.ToString());
            if (body.GetProperty("status").GetString() == "synced") return body;
            await UntilAsync(account, "idle");
        }
    }

    /// <summary>Runs a whole sync although runs before it may fail or still go.</summary>
    public Task SyncAgainAsync(Guid account) => Eventually.TrueAsync("a run succeeds", async () =>
    {
        using var answer = await Client.PostAsJsonAsync("/api/sync", new { account_id = account });
        return answer.IsSuccessStatusCode && (await answer.JsonAsync()).GetProperty("status").GetString() == "synced";
    });

    /// <summary>Settings for stories that sync more often than every 30 seconds.</summary>
    public static Dictionary<string, string> Unthrottled => new() { ["Postmill:Sync:ThrottleSeconds"] = "0" };

    /// <summary>This account's entry of <c>GET /api/sync</c>.</summary>
    public async Task<JsonElement> StatusAsync(Guid account) =>
        (await (await Client.GetAsync("/api/sync")).JsonAsync()).GetProperty("accounts").EnumerateArray().Single(a => a.GetProperty("id").GetGuid() == account);

    public Task UntilAsync(Guid account, string syncStatus) => Eventually.TrueAsync(
        $"the sync status of the account becomes {syncStatus}",
        async () => (await StatusAsync(account)).GetProperty("syncStatus").GetString() == syncStatus,
        async () => $"{await StatusAsync(account)}; log: {string.Join('\n', Host.Logs.Lines.TakeLast(20))}");

    public Task<OracleMailbox> ServerAsync(string? mailbox = null) => OracleMailbox.ReadAsync(Dovecot.ImapPort, mailbox ?? Mailbox, Password);

    /// <summary>The store equals an independent full read of the server.</summary>
    public async Task AssertStoreEqualsServerAsync(Guid account, string? mailbox = null) =>
        (await ServerAsync(mailbox)).AssertEquals(await StoredMailbox.ReadAsync(Host.ConnectionString, account));

    /// <summary>Why the folder is parked; null: it is not.</summary>
    public async Task<string?> ParkedReasonAsync(Guid account, string folder)
    {
        await using var select = Host.Services.GetRequiredService<Npgsql.NpgsqlDataSource>().CreateCommand("SELECT parked_reason FROM folder WHERE account_id = $1 AND name = $2");
        select.Parameters.Add(new() { Value = account });
        select.Parameters.Add(new() { Value = folder });
        return await select.ExecuteScalarAsync() as string;
    }

    /// <summary>The frames written for this user, in order.</summary>
    public async Task<IReadOnlyList<JsonElement>> EventsAsync(string type = "email_received")
    {
        await using var select = Host.Services.GetRequiredService<Npgsql.NpgsqlDataSource>()
            .CreateCommand("SELECT payload::text FROM event WHERE user_id = $1 AND type = $2 ORDER BY seq");
        select.Parameters.Add(new() { Value = User.UserId });
        select.Parameters.Add(new() { Value = type });
        await using var row = await select.ExecuteReaderAsync();
        var events = new List<JsonElement>();
        while (await row.ReadAsync()) events.Add(JsonDocument.Parse(row.GetString(0)).RootElement.Clone());
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        if (_ownsHost) await Host.DisposeAsync();
        if (_ownsDovecot) await Dovecot.DisposeAsync();
    }
}
