using System.Net;
using System.Text;
using System.Text.Json;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Jobs;
using Postmill.Host.Tests.Sync.Cases;

namespace Postmill.Host.Tests.Acts;

/// <summary>A mailbox on a real server, and what its user does to single mails with <c>?provider=true</c>.</summary>
public sealed class ActWorld : IAsyncDisposable
{
    private ActWorld(CaseWorld story)
    {
        Story = story;
        Tenant = new Tenant(story.World, story.World.User);
    }

    public CaseWorld Story { get; }

    public Tenant Tenant { get; }

    public HttpClient Client => Story.World.Client;

    /// <summary>Connected and in sync, with these mails in INBOX.</summary>
    public static async Task<ActWorld> StartAsync(ServerKind kind, params string[] subjects)
    {
        var world = new ActWorld(await CaseWorld.StartAsync(kind));
        await world.Story.ConnectAndSyncAsync();
        foreach (var subject in subjects) await world.Story.DeliverAsync(subject);
        await world.Story.SyncAndCompareAsync();
        return world;
    }

    public async Task<Guid> IdAsync(string subject) => (await Story.PlacesAsync(subject)).Select(place => place.Id).Distinct().Single();

    /// <summary>Where the store has it, and which flags, in words.</summary>
    public async Task<string> PlacesAsync(Guid email) => string.Join(' ', await Story.QueryAsync(
        "SELECT f.name || array_to_string(l.flags, '') FROM location l JOIN folder f ON f.id = l.folder_id WHERE f.account_id = $1 AND l.message_id = $2 ORDER BY 1",
        row => row.GetString(0), email));

    public Task<HttpResponseMessage> PatchAsync(Guid email, string body, string query = "?provider=true") =>
        Client.PatchAsync($"/api/emails/{email}{query}", new StringContent(body, Encoding.UTF8, "application/json"));

    /// <summary>Changes the mail here and there; the email as it was answered, and the job.</summary>
    public async Task<(JsonElement Email, Guid Job)> ChangeAsync(Guid email, string body) => await AcceptedAsync(await PatchAsync(email, body));

    public async Task<Guid> DeleteAsync(Guid email) => (await AcceptedAsync(await Client.DeleteAsync($"/api/emails/{email}?provider=true"))).Job;

    public async Task<JsonElement> GetAsync(Guid email)
    {
        using var answer = await Client.GetAsync($"/api/emails/{email}");
        return (await answer.JsonAsync()).GetProperty("email");
    }

    /// <summary>The job is done, and the store is what the server is.</summary>
    public async Task DoneAsync(Guid job)
    {
        await SucceededAsync(job);
        await Story.World.AssertStoreEqualsServerAsync(Story.Account);
    }

    /// <summary>The job is done, and the log has it.</summary>
    public async Task SucceededAsync(Guid job)
    {
        await Tenant.UntilJobAsync(job, "succeeded");
        Assert.Equal("done", (await LinesAsync(job))[0].GetProperty("outcome").GetString());
    }

    /// <summary>How many mails the server has in a folder, as it counts them itself.</summary>
    public async Task<int> ServerCountAsync(string folder) =>
        (await Story.DoveadmAsync("fetch", "uid", "mailbox", folder)).Split('\n').Count(line => line.StartsWith("uid:", StringComparison.Ordinal));

    /// <summary>What the log has of the job's ends.</summary>
    public async Task<IReadOnlyList<JsonElement>> LinesAsync(Guid job) =>
        [.. (await Tenant.LogsAsync(Story.Account, $"?subject={job}")).Where(line => line.GetProperty("action").GetString()!.StartsWith("mailbox.", StringComparison.Ordinal))];

    public async ValueTask DisposeAsync() => await Story.DisposeAsync();

    private static async Task<(JsonElement Email, Guid Job)> AcceptedAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var body = await answer.JsonAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.OK, body.ToString());
            Assert.Equal("queued", body.GetProperty("provider").GetProperty("status").GetString());
            return (body.TryGetProperty("email", out var email) ? email : default, body.GetProperty("provider").JobId());
        }
    }
}
