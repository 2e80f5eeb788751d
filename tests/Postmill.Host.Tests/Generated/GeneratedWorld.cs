using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Postmill.Grains.Accounts;
using Postmill.Host.Tests.Messages;

namespace Postmill.Host.Tests.Generated;

/// <summary>A host with an admin, a viewer and a key; with mail of the admin's, and of somebody else.</summary>
internal sealed class GeneratedWorld(MailHost mail) : IAsyncDisposable
{
    private const string Unlimited = "0";

    public HostFixture Host => mail.Host;

    public SignedIn Admin { get; private set; } = null!;

    /// <summary>Admin, viewer, API key, nobody.</summary>
    public IReadOnlyList<string?> Tokens { get; private set; } = [];

    /// <summary>A session of the admin that requests may close.</summary>
    public string Spare { get; private set; } = "";

    public GeneratedIds Ids { get; private set; } = null!;

    public static async Task<GeneratedWorld> StartAsync()
    {
        var mail = new MailHost
        {
            Options = new HostFixtureOptions
            {
                Settings = new Dictionary<string, string> { ["Postmill:Http:RequestsPerMinute"] = Unlimited, ["Postmill:Http:RequestsPerMinutePerAddress"] = Unlimited },
                Configure = builder => builder.Logging.AddFilter<CapturedLogs>(null, LogLevel.Warning),
            },
        };
        await mail.InitializeAsync();
        var world = new GeneratedWorld(mail);
        await world.FillAsync();
        return world;
    }

    public async ValueTask DisposeAsync() => await mail.DisposeAsync();

    private async Task FillAsync()
    {
        Admin = await Host.SignUpAsync();
        var viewer = await Host.SignUpAsync();
        await Host.SetRoleAsync(viewer.UserId, "view");
        var stranger = await Host.SignUpAsync();
        var key = await HostFixture.NewKeyAsync(Admin, "read");
        using (var signIn = await Host.NewClient().PostAsync("/api/auth/sign-in", new StringContent($$"""{"email":"{{Admin.Email}}","password":"{{SignedIn.Password}}"}""", null, "application/json")))
            Spare = (await signIn.JsonAsync()).GetProperty("token").GetString()!;
        Tokens = [Admin.Token, viewer.Token, key, null];
        var (account, emails, parts) = await FillAccountAsync(Admin, 30);
        var (going, goingEmails, _) = await FillAccountAsync(Admin, 60);
        var (other, otherEmails, otherParts) = await FillAccountAsync(stranger, 3);
        var disconnected = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => NewAccountAsync(Admin)));
        var keys = await MakeKeysAsync();
        var enqueued = await EnqueueAsync(account);
        var own = new Dictionary<string, string[]>
        {
            ["accounts"] = [account],
            ["accountId"] = [account],
            ["emailId"] = emails,
            ["partId"] = parts,
            ["jobs"] = [enqueued.GetProperty("job_id").GetString()!],
            ["tasks"] = [enqueued.GetProperty("task_id").GetString()!],
            ["logs"] = await LogsAsync(account),
            ["deleted accounts"] = disconnected,
            ["deleted accountId"] = [going],
            ["deleted emailId"] = goingEmails,
            ["deleted keys"] = keys,
        };
        Ids = new GeneratedIds(own, [other, .. otherEmails, .. otherParts, stranger.UserId.ToString()]);
    }

    /// <summary>Mails, and a part of each.</summary>
    private async Task<(string Account, string[] Emails, string[] Parts)> FillAccountAsync(SignedIn user, int mails)
    {
        var account = Guid.Parse(await NewAccountAsync(user));
        var inbox = await mail.NewFolderAsync(account, "INBOX", "inbox");
        var emails = new string[mails];
        var parts = new string[mails];
        for (var i = 0; i < mails; i++)
        {
            var raw = i % 2 == 0 ? SampleMail.Full($"full{i}") : MailHost.Note($"note{i}");
            emails[i] = (await mail.StoreAsync(account, raw, MailHost.Noon.AddMinutes(i), [], inbox)).ToString();
            parts[i] = (await ListAsync(user, $"/api/emails/{emails[i]}/parts"))[^1].GetProperty("id").GetString()!;
        }
        return (account.ToString(), emails, parts);
    }

    /// <summary>Whose servers are on this machine, where the settings allow none: a sync of it fails at once.</summary>
    private async Task<string> NewAccountAsync(SignedIn user)
    {
        var account = await mail.NewAccountAsync(user);
        var secret = Host.Services.GetRequiredService<ISecretBox>().Seal("secret");
        await mail.ExecuteAsync("UPDATE account SET imap_host = '127.0.0.1', smtp_host = '127.0.0.1', secret = $2 WHERE id = $1", account, secret);
        return account.ToString();
    }

    private async Task<string[]> MakeKeysAsync()
    {
        for (var i = 0; i < 20; i++) await HostFixture.NewKeyAsync(Admin, "read");
        // The oldest is the one in use.
        return [.. (await ListAsync(Admin, "/api/v1/keys?limit=100")).SkipLast(1).Select(k => k.GetProperty("id").GetString()!)];
    }

    private async Task<JsonElement> EnqueueAsync(string account)
    {
        using var answer = await Admin.Client.PostAsync($"/api/accounts/{account}/imap/sync-messages", null);
        return (await answer.JsonAsync()).GetProperty("data");
    }

    private async Task<string[]> LogsAsync(string account) => [.. (await ListAsync(Admin, $"/api/accounts/{account}/logs")).Select(l => l.GetProperty("id").ToString())];

    /// <summary>The one array of an answer.</summary>
    private static async Task<List<JsonElement>> ListAsync(SignedIn user, string path) =>
        [.. (await MailHost.GetAsync(user, path)).EnumerateObject().Single(p => p.Value.ValueKind == JsonValueKind.Array).Value.EnumerateArray()];
}
