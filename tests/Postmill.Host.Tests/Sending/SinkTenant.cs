using System.Text.Json;
using Npgsql;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Jobs;

namespace Postmill.Host.Tests.Sending;

/// <summary>A user with one account, and the sink that it sends through.</summary>
public sealed record SinkTenant(Tenant Tenant, Guid Account, JournalSink Sink)
{
    /// <summary>Hands a mail in; gives its job.</summary>
    public async Task<Guid> SendAsync(params string[] recipients) => (await Tenant.HandInAsync(Account, new { to_json = recipients, subject = "One of them", text_body = "Good day\n" })).JobId();

    /// <summary>Waits until the job stands there, and what the sink and the rows say fits together.</summary>
    public async Task<JsonElement> UntilAsync(Guid job, string state)
    {
        var reached = await Tenant.UntilJobAsync(job, state);
        await AssertInvariantsAsync();
        return reached;
    }

    /// <summary>Recipients and where they stand, in order.</summary>
    public async Task<IReadOnlyList<(string Address, string State, string? Code)>> RecipientsAsync(Guid job) =>
        [.. (await RowsAsync("o.job_id = $1", job)).Select(row => (row.Address, row.State, row.Code))];

    /// <summary>A run that began now; one that was going already may have passed the folder.</summary>
    public async Task SyncAsync()
    {
        while ((await Tenant.SyncAsync(Account)).GetProperty("status").GetString() != "synced") await Tenant.UntilAsync(Account, "idle");
    }

    /// <summary>A person does not want to wait.</summary>
    public async Task RetryAsync(Guid job)
    {
        using var answer = await Tenant.ActAsync(job, "retry");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Each recipient was accepted at most once; sent ⊆ accepted ⊆ sent ∪ uncertain.</summary>
    public async Task AssertInvariantsAsync()
    {
        var rows = await RowsAsync("o.account_id = $1", Account);
        var accepted = Sink.Accepted.SelectMany(mail => mail.Recipients).ToList();
        Assert.Equal(accepted.Distinct().Count(), accepted.Count);
        Assert.Empty(Of("sent").Except(accepted));
        Assert.Empty(accepted.Except(Of("sent").Concat(Of("uncertain"))).Except(UnderWay()));

        IEnumerable<string> Of(string state) => rows.Where(row => row.State == state).Select(row => row.Address);

        // Accepted, and the outcome not written yet.
        IEnumerable<string> UnderWay() => rows.Where(row => row.JobState == "running").Select(row => row.Address);
    }

    private async Task<IReadOnlyList<(string Address, string State, string? Code, string JobState)>> RowsAsync(string which, Guid id)
    {
        await using var database = NpgsqlDataSource.Create(Tenant.ConnectionString + ";Pooling=false");
        await using var select = database.CreateCommand(
            $"SELECT r.address, r.state, r.code, j.state FROM outgoing_recipient r JOIN outgoing o USING (job_id) JOIN job j ON j.id = o.job_id WHERE {which} ORDER BY job_id, ordinal");
        select.Parameters.Add(new() { Value = id });
        await using var row = await select.ExecuteReaderAsync();
        var rows = new List<(string, string, string?, string)>();
        while (await row.ReadAsync()) rows.Add((row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3)));
        return rows;
    }
}
