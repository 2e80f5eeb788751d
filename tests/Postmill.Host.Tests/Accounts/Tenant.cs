using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Host.Tests.Sync;

namespace Postmill.Host.Tests.Accounts;

/// <summary>A user of a shared world with a mailbox of his own at its mail server.</summary>
public sealed class Tenant(MailWorld world, SignedIn user)
{
    public string Mailbox { get; } = world.NewMailbox();

    public SignedIn User => user;

    public HttpClient Client => user.Client;

    public string ConnectionString => world.Host.ConnectionString;

    /// <summary>A good body, with these fields changed; a field with the value <see cref="Left"/> is left out.</summary>
    public Dictionary<string, object?> Body(params (string Field, object? Value)[] changes)
    {
        var body = world.ConnectBody(Mailbox);
        foreach (var (field, value) in changes)
            if (ReferenceEquals(value, Left)) body.Remove(field);
            else body[field] = value;
        return body;
    }

    public static object Left { get; } = new();

    public Task<HttpResponseMessage> PostAccountAsync(object body) => Client.PostAsJsonAsync("/api/accounts", body);

    public async Task<Guid> ConnectAsync(params (string Field, object? Value)[] changes)
    {
        using var answer = await PostAccountAsync(Body(changes));
        var body = await answer.JsonAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, body.ToString());
        return body.GetProperty("account").GetProperty("id").GetGuid();
    }

    public async Task<Guid> ConnectAndSyncAsync(params (string Field, object? Value)[] changes)
    {
        var account = await ConnectAsync(changes);
        await UntilAsync(account, "idle");
        return account;
    }

    public async Task<IReadOnlyList<JsonElement>> AccountsAsync() =>
        [.. (await (await Client.GetAsync("/api/accounts")).JsonAsync()).GetProperty("accounts").EnumerateArray()];

    public async Task<IReadOnlyList<JsonElement>> StatusesAsync() =>
        [.. (await (await Client.GetAsync("/api/sync")).JsonAsync()).GetProperty("accounts").EnumerateArray()];

    public async Task<JsonElement> AccountAsync(Guid account) => (await AccountsAsync()).Single(a => a.GetProperty("id").GetGuid() == account);

    public async Task<JsonElement> StatusAsync(Guid account) => (await StatusesAsync()).Single(a => a.GetProperty("id").GetGuid() == account);

    public Task UntilAsync(Guid account, string syncStatus) => Eventually.TrueAsync(
        $"the sync status of the account becomes {syncStatus}",
        async () => (await StatusAsync(account)).GetProperty("syncStatus").GetString() == syncStatus,
        async () => (await StatusAsync(account)).ToString());

    public Task<HttpResponseMessage> PostSyncAsync(Guid account) => Client.PostAsJsonAsync("/api/sync", new { account_id = account });

    /// <summary>The answer of a POST that must be 200.</summary>
    public async Task<JsonElement> SyncAsync(Guid account)
    {
        using var answer = await PostSyncAsync(account);
        var body = await answer.JsonAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, body.ToString());
        return body;
    }

    public Task DeliverAsync(string subject, string? folder = null) => world.Dovecot.DeliverAsync(Mailbox, Letters.About(subject), folder);

    public Task SeedAsync(int mails, string folder = "INBOX") =>
        world.Dovecot.SeedAsync(Mailbox, folder, Enumerable.Range(1, mails).Select(n => Letters.About($"old {n}")));

    /// <summary>Rows of the account table that are this user's, disconnected ones included.</summary>
    public Task<long> RowsAsync() => CountAsync("SELECT count(*) FROM account WHERE user_id = $1", user.UserId);

    public Task<long> EventsAsync() => CountAsync("SELECT count(*) FROM event WHERE user_id = $1 AND type = 'email_received'", user.UserId);

    public async Task<long> CountAsync(string sql, Guid parameter)
    {
        await using var select = Database.CreateCommand(sql);
        select.Parameters.Add(new() { Value = parameter });
        return (long)(await select.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql, Guid parameter) => Assert.Equal(1, await RunAsync(sql, parameter));

    /// <summary>Answers how many rows it touched.</summary>
    public async Task<int> RunAsync(string sql, Guid parameter)
    {
        await using var command = Database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = parameter });
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The text with what differs from test to test in the words of the page's example.</summary>
    public string AsOnThePage(string json) => AsOnThePage(json, Mailbox, world.Dovecot.ImapsPort, world.Dovecot.SubmissionPort);

    private static string AsOnThePage(string json, string mailbox, int imap, int smtp) => json
        .Replace(mailbox, "hello@yourdomain.com", StringComparison.Ordinal)
        .Replace($"_port\":{imap}", "_port\":993", StringComparison.Ordinal)
        .Replace($"_port\":{smtp}", "_port\":587", StringComparison.Ordinal)
        .Replace("imap_host\":\"localhost", "imap_host\":\"imap.yourdomain.com", StringComparison.Ordinal)
        .Replace("smtp_host\":\"localhost", "smtp_host\":\"smtp.yourdomain.com", StringComparison.Ordinal);

    private NpgsqlDataSource Database => world.Host.Services.GetRequiredService<NpgsqlDataSource>();
}
