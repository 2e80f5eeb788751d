using System.Net;
using System.Text.Json;
using Postmill.Host.Tests.Accounts;

namespace Postmill.Host.Tests.Jobs;

/// <summary>What stories about jobs ask and wait for.</summary>
internal static class JobReading
{
    public static async Task<JsonElement> EnqueueAsync(this Tenant tenant, Guid account, string what = "sync-messages")
    {
        using var answer = await tenant.Client.PostAsync($"/api/accounts/{account}/imap/{what}", null);
        var body = await answer.JsonAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, body.ToString());
        return body.GetProperty("data");
    }

    public static Guid JobId(this JsonElement data) => data.GetProperty("job_id").GetGuid();

    public static async Task<JsonElement> JobAsync(this Tenant tenant, Guid job) => (await ReadAsync(tenant, $"/api/jobs/{job}")).GetProperty("job");

    public static async Task<IReadOnlyList<JsonElement>> JobsAsync(this Tenant tenant, Guid account, string query = "") =>
        [.. (await ReadAsync(tenant, $"/api/accounts/{account}/jobs{query}")).GetProperty("jobs").EnumerateArray()];

    public static async Task<IReadOnlyList<JsonElement>> LogsAsync(this Tenant tenant, Guid account, string query = "") =>
        [.. (await ReadAsync(tenant, $"/api/accounts/{account}/logs{query}")).GetProperty("logs").EnumerateArray()];

    /// <summary>Waits until the job stands there; gives it.</summary>
    public static async Task<JsonElement> UntilJobAsync(this Tenant tenant, Guid job, string state)
    {
        await Eventually.TrueAsync($"the job is {state}", async () => State(await tenant.JobAsync(job)) == state, async () => (await tenant.JobAsync(job)).ToString());
        return await tenant.JobAsync(job);
    }

    /// <summary>Waits for the one job of the schedule that stands there; gives it.</summary>
    public static async Task<JsonElement> UntilScheduleAsync(this Tenant tenant, Guid account, string state)
    {
        IReadOnlyList<JsonElement> found = [];
        await Eventually.TrueAsync(
            $"the schedule's job is {state}",
            async () => (found = [.. (await tenant.JobsAsync(account, $"?state={state}")).Where(j => j.GetProperty("cause").GetString() is "schedule" or "connect")]).Count == 1,
            async () => string.Join('\n', await tenant.JobsAsync(account)));
        return found[0];
    }

    public static async Task<HttpResponseMessage> ActAsync(this Tenant tenant, Guid job, string what) => await tenant.Client.PostAsync($"/api/jobs/{job}/{what}", null);

    public static string? State(this JsonElement job) => job.GetProperty("state").GetString();

    public static string? Code(this JsonElement job) => job.GetProperty("last_error_code").GetString();

    public static TimeSpan Next(this JsonElement job) => job.GetProperty("next_run_at").GetDateTimeOffset() - TimeProvider.System.GetUtcNow();

    private static async Task<JsonElement> ReadAsync(Tenant tenant, string path)
    {
        using var answer = await tenant.Client.GetAsync(path);
        var body = await answer.JsonAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {body}");
        return body;
    }
}
