using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

/// <summary>
/// One user with one mailbox on a server of the wanted kind, in a host that the tests of this process share, over a line that the test can cut. What happens while
/// the line is cut is what a sync finds afterwards.
/// </summary>
public sealed class CaseWorld : IAsyncDisposable
{
    private static readonly Lazy<Task<HostFixture>> SharedHost = new(() => HostFixture.StartAsync(new HostFixtureOptions
    {
        Settings = MailWorld.LocalSettings(new Dictionary<string, string>(MailWorld.Unthrottled)
        {
            ["Postmill:Sync:ReconnectFirstSeconds"] = "0.05",
            ["Postmill:Sync:ReconnectMostSeconds"] = "0.5",
        }),
    }));

    private CaseWorld(MailWorld world)
    {
        World = world;
        Line = new TcpProxy(world.Dovecot.ImapsPort);
        world.ImapsPort = Line.Port;
    }

    public MailWorld World { get; }

    public TcpProxy Line { get; }

    public string Mailbox => World.Mailbox;

    public Guid Account { get; private set; }

    public static async Task<CaseWorld> StartAsync(ServerKind kind = ServerKind.QResync) =>
        new(await MailWorld.InAsync(await SharedHost.Value, await CaseServers.GetAsync(kind)));

    public async Task ConnectAsync() => Account = await World.ConnectAsync();

    public async Task ConnectAndSyncAsync() => Account = await World.ConnectAndSyncAsync();

    public Task SeedAsync(string folder, int count) => World.Dovecot.SeedAsync(Mailbox, folder, Mails.Many(count, $"{folder} old"));

    public Task DeliverAsync(string subject, string? folder = null) => World.Dovecot.DeliverAsync(Mailbox, Mails.Of(subject), folder);

    /// <summary>doveadm for this user: <c>verb -u user rest</c>.</summary>
    public Task<string> DoveadmAsync(string verb, params string[] rest) => World.Dovecot.DoveadmAsync([.. verb.Split(' '), "-u", Mailbox, .. rest]);

    public Task ExpungeAsync(string folder, string uids) => DoveadmAsync("expunge", "mailbox", folder, "uid", uids);

    public async Task WhileAwayAsync(Func<Task> changes)
    {
        Line.Cut();
        await changes();
        Line.Mend();
    }

    /// <summary>Runs a whole sync; gives its answer.</summary>
    public Task<JsonElement> SyncAsync() => World.SyncAsync(Account);

    public Task SyncAgainAsync() => World.SyncAgainAsync(Account);

    public async Task SyncAndCompareAsync()
    {
        await SyncAsync();
        await World.AssertStoreEqualsServerAsync(Account);
    }

    /// <summary>Subjects of the news so far, in order.</summary>
    public async Task<IReadOnlyList<string>> NewsAsync() => [.. (await World.EventsAsync()).Select(e => e.GetProperty("subject").GetString()!)];

    /// <summary>Id of each message by the hash of its content.</summary>
    public async Task<Dictionary<string, Guid>> IdsAsync() =>
        (await QueryAsync("SELECT encode(sha256, 'hex'), id FROM message WHERE account_id = $1", r => (r.GetString(0), r.GetGuid(1)))).ToDictionary(r => r.Item1, r => r.Item2);

    /// <summary>Where the mail with this subject lies: folder, UID and the id of its message.</summary>
    public Task<IReadOnlyList<(string Folder, long Uid, Guid Id)>> PlacesAsync(string subject) => QueryAsync(
        "SELECT f.name, l.uid, m.id FROM location l JOIN folder f ON f.id = l.folder_id JOIN message m ON m.id = l.message_id WHERE f.account_id = $1 AND m.subject = $2 ORDER BY 1, 2",
        r => (r.GetString(0), r.GetInt64(1), r.GetGuid(2)), subject);

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        await using var select = World.Host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        foreach (var value in values.Prepend(Account)) select.Parameters.Add(new() { Value = value });
        await using var row = await select.ExecuteReaderAsync();
        var found = new List<T>();
        while (await row.ReadAsync()) found.Add(read(row));
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        if (Account != Guid.Empty) (await World.Client.DeleteAsync($"/api/accounts/{Account}")).Dispose();
        await Line.DisposeAsync();
        await World.DisposeAsync();
    }
}
