using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Postmill.Testing.Servers;

namespace Postmill.Bench;

/// <summary>The real binary with a durable PostgreSQL of its own, driven over REST as a user would.</summary>
internal sealed class BenchHost : IAsyncDisposable
{
    private readonly HostProcess _process;

    private BenchHost(HostProcess process, HttpClient client)
    {
        _process = process;
        Client = client;
    }

    public HttpClient Client { get; }

    public Uri Address => _process.Address;

    public int ProcessId => _process.Id;

    /// <param name="database">PostgreSQL to use; null: its own.</param>
    /// <param name="more">More settings.</param>
    public static async Task<BenchHost> StartAsync(BenchOptions options, string? database = null, IReadOnlyDictionary<string, string?>? more = null)
    {
        var settings = new Dictionary<string, string?>(more ?? new Dictionary<string, string?>())
        {
            ["Postmill__Mail__AllowPrivateHosts"] = "true",
            ["Postmill__Mail__AllowPlaintext"] = "true",
            ["Postmill__Sync__ThrottleSeconds"] = "0",
            ["Postmill__Http__RequestsPerMinute"] = "0",
        };
        var process = await HostProcess.StartAsync(new HostOptions(database) { BinaryDirectory = options.Binary, Environment = settings });
        var client = new HttpClient { BaseAddress = process.Address };
        var signedUp = await PostAsync(client, "/api/auth/sign-up", new { email = "bench@example.org", password = "bench of postmill" });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", signedUp.GetProperty("token").GetString());
        return new BenchHost(process, client);
    }

    /// <param name="smtpPort">Of a server that lets everybody in; null: Dovecot's own.</param>
    public async Task<string> ConnectAsync(DovecotServer dovecot, string user, string password, int? smtpPort = null)
    {
        var connected = await PostAsync(Client, "/api/accounts", new
        {
            email = user,
            imap_host = "127.0.0.1",
            imap_port = dovecot.ImapPort,
            smtp_host = "127.0.0.1",
            smtp_port = smtpPort ?? dovecot.SubmissionPort,
            username = user,
            password,
            tls = "none",
        });
        return connected.GetProperty("account").GetProperty("id").GetString()!;
    }

    public async Task UntilSyncedAsync(string account)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var listed = await Client.GetFromJsonAsync<JsonElement>("/api/sync");
            var status = listed.GetProperty("accounts").EnumerateArray().Single(a => a.GetProperty("id").GetString() == account);
            switch (status.GetProperty("syncStatus").GetString())
            {
                case "idle": return;
                case "failed": throw new InvalidOperationException($"the sync failed: {status}");
            }

            await looks.WaitForNextTickAsync();
        }
    }

    public async Task<string> NewKeyAsync() =>
        (await PostAsync(Client, "/api/v1/keys", new { name = "bench", scopes = new[] { "read" } })).GetProperty("key").GetProperty("key").GetString()!;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.StopAsync();
        await _process.DisposeAsync();
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonDocument.Parse(text).RootElement.Clone() : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text}");
    }
}
