using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Postmill.Adapters.Postgres.Messages.Exporting;

namespace Postmill.Host.Tests.Messages.Exports;

/// <summary>What happens to an export, and to the mail in it. Nothing makes or prunes exports here but the tests, step by step.</summary>
public sealed class ExportLifeTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = MailHost.Noon;
    private readonly MailHost _mail = new()
    {
        Options = new HostFixtureOptions { Settings = new Dictionary<string, string> { ["Postmill:Exports:MostPerAccount"] = "3" }, Configure = ByHand },
    };
    private SignedIn _user = null!;
    private Guid _account;

    private IServiceProvider Services => _mail.Host.Services;

    private ExportStore Store => ActivatorUtilities.CreateInstance<ExportStore>(Services);

    private ExportReader Reader => ActivatorUtilities.CreateInstance<ExportReader>(Services);

    private ExportPruner Pruner => ActivatorUtilities.CreateInstance<ExportPruner>(Services);

    public async Task InitializeAsync()
    {
        await _mail.InitializeAsync();
        _user = await _mail.Host.SignUpAsync();
        _account = await _mail.NewAccountAsync(_user);
    }

    public Task DisposeAsync() => _mail.DisposeAsync();

    [Fact]
    public async Task Mail_that_is_deleted_later_stays_in_it_and_goes_with_the_last_export_that_names_it()
    {
        var id = await StoreAsync(1);
        var (first, second) = (await MadeAsync(), await MadeAsync());
        (await _user.Client.DeleteAsync($"/api/emails/{id[0]}")).Dispose();
        using var gone = await _user.Client.GetAsync($"/api/emails/{id[0]}/raw");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Contains("Subject: n0", Assert.Single(Exports.ReadMbox(await ContentAsync(first))).Mail, StringComparison.Ordinal);

        await DeleteAsync(first);
        Assert.Single(Exports.ReadMbox(await ContentAsync(second)));
        Assert.Equal(1L, await CountAsync("message_raw"));
        await DeleteAsync(second);
        Assert.Equal((0L, 0L, 0L), (await CountAsync("message_raw"), await CountAsync("export_entry"), await CountAsync("export")));
        Assert.Equal(1L, await CountAsync("message")); // so that no sync brings it back
    }

    [Fact]
    public async Task Mail_that_is_not_deleted_outlives_its_exports()
    {
        var id = await StoreAsync(2);
        await DeleteAsync(await MadeAsync());
        Assert.Equal(2L, await CountAsync("message_raw"));
        Assert.Equal(MailHost.Note("n0"), await _user.Client.GetByteArrayAsync($"/api/emails/{id[0]}/raw"));
    }

    [Fact]
    public async Task Mail_that_is_deleted_while_it_is_listed_is_not_in_it()
    {
        var ids = await StoreAsync(3);
        var export = await _user.ExportAsync(_account, "mbox");
        var run = (await Store.ClaimAsync(default))!;
        var page = await Reader.NextAsync(run, default);
        (await _user.Client.DeleteAsync($"/api/emails/{ids[1]}")).Dispose();
        run = (await Store.AddAsync(run, page.Mails, page.Walked, page.Looked, default))!;
        Assert.True(await Store.FinishAsync(run, default));
        var subjects = Exports.ReadMbox(await ContentAsync(export)).Select(m => m.Mail.Split('\n')[2]);
        Assert.Equal(["Subject: n0", "Subject: n2"], subjects);
        Assert.Equal(2, (await _user.ExportAsync(export)).GetProperty("messages").GetInt64());
    }

    [Fact]
    public async Task Another_silo_goes_on_where_a_lost_one_stopped_and_the_lost_one_writes_nothing_any_more()
    {
        await StoreAsync(300);
        var export = await _user.ExportAsync(_account, "zip");
        var lost = (await Store.ClaimAsync(default))!;
        lost = await StepAsync(lost);
        Assert.Null(await Store.ClaimAsync(default)); // its lease runs
        var next = await Reader.NextAsync(lost, default);
        await _mail.ExecuteAsync("UPDATE export SET leased_until = now() - interval '1 s'");
        var taken = (await Store.ClaimAsync(default))!;
        Assert.Equal((128L, 2), (taken.Mails, taken.Job.AttemptCount));
        Assert.Null(await Store.AddAsync(lost, next.Mails, next.Walked, next.Looked, default));
        Assert.False(await Store.FinishAsync(lost, default));
        await MakeAsync(taken);
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(await ContentAsync(export)));
        Assert.Equal(300, zip.Entries.Select(e => e.FullName).Distinct().Count());
    }

    [Fact]
    public async Task Mail_that_comes_while_it_is_made_is_not_in_it()
    {
        await StoreAsync(2);
        var export = await _user.ExportAsync(_account, "mbox");
        await _mail.StoreAsync(_account, MailHost.Note("late"), Noon.AddYears(10), []);
        await MakeAsync((await Store.ClaimAsync(default))!);
        Assert.Equal(2, Exports.ReadMbox(await ContentAsync(export)).Count);
    }

    [Fact]
    public async Task A_job_that_is_cancelled_stops_the_export_and_a_retry_goes_on_with_it()
    {
        await StoreAsync(200);
        var export = await _user.ExportAsync(_account, "mbox");
        var run = await StepAsync((await Store.ClaimAsync(default))!);
        using var early = await _user.Client.GetAsync($"/api/exports/{export}/content");
        await early.AssertErrorAsync(HttpStatusCode.Conflict, "export_not_ready");
        await ActAsync(run.Job.Id, "cancel");
        Assert.Null(await Store.AddAsync(run, [], null, 0, default));
        using var cancelled = await _user.Client.GetAsync($"/api/exports/{export}/content");
        await cancelled.AssertErrorAsync(HttpStatusCode.Conflict, "export_failed");
        Assert.Null(await Store.ClaimAsync(default));
        await ActAsync(run.Job.Id, "retry");
        await MakeAsync((await Store.ClaimAsync(default))!);
        Assert.Equal(200, Exports.ReadMbox(await ContentAsync(export)).Count);
        using var again = await _user.Client.PostAsync($"/api/tasks/{run.Job.TaskId}/trigger", null);
        await again.AssertErrorAsync(HttpStatusCode.Conflict, "task_not_repeatable");
    }

    [Fact]
    public async Task Deleted_while_it_is_made_it_is_not_there_and_its_job_is_cancelled()
    {
        await StoreAsync(2);
        var export = await _user.ExportAsync(_account, "mbox");
        var run = (await Store.ClaimAsync(default))!;
        await DeleteAsync(export);
        Assert.Null(await Store.AddAsync(run, [], null, 0, default));
        var job = (await MailHost.GetAsync(_user, $"/api/jobs/{run.Job.Id}")).GetProperty("job");
        Assert.Equal("cancelled", job.GetProperty("state").GetString());
        using var twice = await _user.Client.DeleteAsync($"/api/exports/{export}");
        await twice.AssertErrorAsync(HttpStatusCode.NotFound, "export_not_found");
    }

    [Fact]
    public async Task It_is_there_for_its_days_and_then_it_is_pruned()
    {
        await StoreAsync(1);
        var export = await MadeAsync();
        Assert.Equal(TimeSpan.FromDays(7), TimeSpan.FromDays(Math.Round(((await _user.ExportAsync(export)).GetProperty("expires_at").GetDateTimeOffset() - TimeProvider.System.GetUtcNow()).TotalDays)));
        Assert.False(await Pruner.PruneSomeAsync(default));
        await _mail.ExecuteAsync("UPDATE export SET expires_at = now() - interval '1 s'");
        using var gone = await _user.Client.GetAsync($"/api/exports/{export}/content");
        await gone.AssertErrorAsync(HttpStatusCode.NotFound, "export_not_found");
        Assert.Empty((await MailHost.GetAsync(_user, $"/api/accounts/{_account}/exports")).GetProperty("exports").EnumerateArray());
        Assert.True(await Pruner.PruneSomeAsync(default));
        Assert.Equal((0L, 0L), (await CountAsync("export"), await CountAsync("export_entry")));
    }

    [Fact]
    public async Task An_account_has_as_many_as_the_setting_says()
    {
        for (var i = 0; i < 3; i++) await _user.ExportAsync(_account, "mbox");
        using var fourth = await _user.Client.PostAsJsonAsync($"/api/accounts/{_account}/exports", new { format = "mbox" });
        await fourth.AssertErrorAsync(HttpStatusCode.Conflict, "too_many_exports");
    }

    private static void ByHand(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder)
    {
        foreach (var service in builder.Services.Where(s => s.ImplementationType == typeof(ExportRunner) || s.ImplementationType == typeof(ExportPruner)).ToList()) builder.Services.Remove(service);
    }

    private async Task<Guid[]> StoreAsync(int mails)
    {
        var ids = new Guid[mails];
        for (var i = 0; i < mails; i++) ids[i] = await _mail.StoreAsync(_account, MailHost.Note($"n{i}"), Noon.AddSeconds(i), []);
        return ids;
    }

    private async Task<Guid> MadeAsync()
    {
        var export = await _user.ExportAsync(_account, "mbox");
        await MakeAsync((await Store.ClaimAsync(default))!);
        return export;
    }

    private async Task MakeAsync(ExportRun run)
    {
        for (var last = false; !last;)
        {
            var page = await Reader.NextAsync(run, default);
            run = (await Store.AddAsync(run, page.Mails, page.Walked, page.Looked, default))!;
            last = page.Last;
        }

        Assert.True(await Store.FinishAsync(run, default));
    }

    private async Task<ExportRun> StepAsync(ExportRun run)
    {
        var page = await Reader.NextAsync(run, default);
        return (await Store.AddAsync(run, page.Mails, page.Walked, page.Looked, default))!;
    }

    private Task<byte[]> ContentAsync(Guid export) => _user.Client.GetByteArrayAsync($"/api/exports/{export}/content");

    private async Task DeleteAsync(Guid export)
    {
        using var answer = await _user.Client.DeleteAsync($"/api/exports/{export}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        while (await Pruner.PruneSomeAsync(default)) continue;
    }

    private async Task ActAsync(Guid job, string what)
    {
        using var answer = await _user.Client.PostAsync($"/api/jobs/{job}/{what}", null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<long> CountAsync(string table) => (long)(await _mail.ScalarAsync($"SELECT count(*) FROM {table}"))!;
}
