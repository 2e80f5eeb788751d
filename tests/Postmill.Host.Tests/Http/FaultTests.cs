using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Runtime;
using Postmill.Host.Access;
using Postmill.Host.Http;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Http;

public sealed class FaultTests : IAsyncLifetime
{
    private const string Internals = "hunter2 at /srv/secret";
    private HostFixture _host = null!;

    public async Task InitializeAsync() => _host = await HostFixture.StartAsync(new() { Map = MapFaults });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_bug_is_500_without_its_details_which_are_in_the_log()
    {
        using var answer = await _host.NewClient().GetAsync("/api/fault/bug");
        await answer.AssertErrorAsync(HttpStatusCode.InternalServerError, "internal_error");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.Contains(_host.Logs.Lines, l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains("/api/fault/bug", StringComparison.Ordinal) && l.Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("late", 504, "timeout")]
    [InlineData("gone", 503, "node_unreachable")]
    [InlineData("full", 429, "rate_limited")]
    public async Task Faults_of_the_grain_engine_have_their_own_answers(string fault, int status, string code)
    {
        using var answer = await _host.NewClient().GetAsync($"/api/fault/{fault}");
        await answer.AssertErrorAsync((HttpStatusCode)status, code);
        Assert.DoesNotContain("hunter2", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_database_the_host_answers_503_and_is_not_ready_and_comes_back()
    {
        await using var postgres = await PostgresServer.StartAsync(new PostgresOptions());
        await using var host = await HostFixture.StartAsync(new() { ConnectionString = await postgres.CreateDatabaseAsync() + ";Timeout=3" });
        var user = await host.SignUpAsync();
        await postgres.StopAsync();
        using (var answer = await user.Client.GetAsync("/api/me"))
        {
            await answer.AssertErrorAsync(HttpStatusCode.ServiceUnavailable, "storage_unavailable");
            Assert.NotNull(answer.Headers.RetryAfter);
        }
        using (var ready = await host.NewClient().GetAsync("/health/ready"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Equal("""{"status":"unavailable","checks":{"phase":"ready","database":"unavailable"}}""", await ready.Content.ReadAsStringAsync());
        }
        using (var live = await host.NewClient().GetAsync("/health/live")) Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        await postgres.StartAsync();
        using var back = await user.Client.GetAsync("/api/me");
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
    }

    [Fact]
    public async Task A_fault_in_the_middle_of_an_answer_cuts_the_connection()
    {
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => _host.NewClient().GetStringAsync("/api/fault/middle"));
        Assert.Contains(_host.Logs.Lines, l => l.Contains("in the middle of its answer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_s3_family_says_ok_false()
    {
        using var answer = await _host.NewClient().GetAsync("/api/fault/services");
        Assert.Equal("""{"ok":false,"error":"a sync is running","code":"sync_in_progress"}""", await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
    }

    [Fact]
    public async Task A_mail_server_failure_is_502_and_may_name_the_account()
    {
        using var answer = await _host.NewClient().GetAsync("/api/fault/mail");
        var error = await answer.AssertErrorAsync(HttpStatusCode.BadGateway, "imap_unreachable");
        Assert.Equal("a1", error.GetProperty("accountId").GetString());
    }

    private static void MapFaults(WebApplication app)
    {
        var group = app.MapGroup("/api/fault").RequireNothing();
        group.MapGet("/bug", string () => throw new InvalidOperationException(Internals));
        group.MapGet("/late", string () => throw new TimeoutException(Internals));
        group.MapGet("/gone", string () => throw new SiloUnavailableException(Internals));
        group.MapGet("/full", string () => throw new LimitExceededException(Internals));
        group.MapGet("/services", () => (IResult)ApiErrors.Conflict("sync_in_progress", "a sync is running")).WithOkEnvelope();
        group.MapGet("/mail", () => (IResult)ApiErrors.MailServer("imap_unreachable", "the mail server does not answer").With("accountId", "a1"));
        group.MapGet("/middle", async (HttpContext http) =>
        {
            await http.Response.WriteAsync("half of");
            await http.Response.Body.FlushAsync();
            throw new InvalidOperationException(Internals);
        });
    }
}
