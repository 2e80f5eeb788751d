using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Adapters.Postgres.Http;
using Postmill.Domain.Access;
using Postmill.Host.Access;
using Postmill.Host.Http;
using Postmill.Host.Http.Idempotency;

namespace Postmill.Host.Tests.Http;

public sealed class IdempotencyTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _leave = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _runs;
    private string _database = null!;
    private HostFixture _host = null!;
    private SignedIn _user = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _host = await StartAsync();
        _user = await _host.SignUpAsync();
    }

    public async Task DisposeAsync()
    {
        _leave.TrySetResult();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_repeat_gets_the_first_answer_byte_for_byte_and_nothing_runs_again()
    {
        using var first = await PostAsync("/api/probe/make", "k1", """{"a":1}""");
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        using var repeat = await PostAsync("/api/probe/make", "k1", """{"a":1}""");
        Assert.Equal(HttpStatusCode.Created, repeat.StatusCode);
        Assert.Equal(["true"], repeat.Headers.GetValues("Idempotent-Replayed"));
        Assert.Equal(first.Content.Headers.ContentType, repeat.Content.Headers.ContentType);
        Assert.Equal("""{"run":1,"got":"{\"a\":1}"}""", await first.Content.ReadAsStringAsync());
        Assert.Equal(await first.Content.ReadAsByteArrayAsync(), await repeat.Content.ReadAsByteArrayAsync());
        Assert.True(first.Headers.Contains("Set-Cookie"));
        Assert.False(repeat.Headers.Contains("Set-Cookie"));
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task Without_the_header_and_on_routes_that_do_not_heed_it_everything_runs()
    {
        foreach (var (path, key) in new[] { ("/api/probe/make", null), ("/api/probe/make", null), ("/api/probe/plain", "k"), ("/api/probe/plain", "k") })
            (await PostAsync(path, key)).Dispose();
        Assert.Equal(4, _runs);
    }

    [Theory]
    [InlineData("/api/probe/make", """{"a":2}""")]
    [InlineData("/api/probe/make?b=1", """{"a":1}""")]
    [InlineData("/api/probe/refuse", """{"a":1}""")]
    public async Task The_key_of_another_request_is_409(string path, string body)
    {
        (await PostAsync("/api/probe/make", "k1", """{"a":1}""")).Dispose();
        using var other = await PostAsync(path, "k1", body);
        await other.AssertErrorAsync(HttpStatusCode.Conflict, "idempotency_key_reused");
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task Another_user_may_choose_the_same_key()
    {
        (await PostAsync("/api/probe/make", "k1")).Dispose();
        using var other = await PostAsync("/api/probe/make", "k1", user: await _host.SignUpAsync());
        Assert.False(other.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal(2, _runs);
    }

    [Fact]
    public async Task Two_at_once_on_two_silos_run_once()
    {
        await using var second = await StartAsync();
        var running = PostAsync("/api/probe/slow", "k1");
        await _entered.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        using (var other = await PostAsync("/api/probe/slow", "k1", on: second))
        {
            await other.AssertErrorAsync(HttpStatusCode.Conflict, "idempotency_in_progress");
            Assert.Equal(TimeSpan.FromSeconds(1), other.Headers.RetryAfter?.Delta);
        }
        _leave.SetResult();
        using var first = await running;
        using var repeat = await PostAsync("/api/probe/slow", "k1", on: second);
        Assert.Equal(["true"], repeat.Headers.GetValues("Idempotent-Replayed"));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await repeat.Content.ReadAsStringAsync());
        Assert.Equal(1, _runs);
    }

    [Theory]
    [InlineData("/api/probe/503", 503)]
    [InlineData("/api/probe/429", 429)]
    [InlineData("/api/probe/bug", 500)]
    public async Task An_answer_that_says_come_again_is_not_kept(string path, int status)
    {
        for (var run = 1; run <= 2; run++)
        {
            using var answer = await PostAsync(path, "k1");
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
            Assert.Equal(run, _runs);
        }
    }

    [Fact]
    public async Task A_refusal_below_500_is_kept()
    {
        (await PostAsync("/api/probe/404", "k1")).Dispose();
        using var repeat = await PostAsync("/api/probe/404", "k1");
        await repeat.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
        Assert.Equal(1, _runs);
    }

    [Theory]
    [InlineData("/api/probe/make", HttpStatusCode.Created, null)]
    [InlineData("/api/probe/refuse", HttpStatusCode.Conflict, "idempotency_outcome_unknown")]
    public async Task What_was_lost_with_its_silo_runs_again_where_that_is_harmless(string path, HttpStatusCode after, string? code)
    {
        await LoseAsync(path, "k1", "{}");
        using (var early = await PostAsync(path, "k1")) await early.AssertErrorAsync(HttpStatusCode.Conflict, "idempotency_in_progress");
        _clock.Advance(IdempotencyLimits.Lease);
        using var late = await PostAsync(path, "k1");
        if (code is null) Assert.Equal(after, late.StatusCode);
        else await late.AssertErrorAsync(after, code);
    }

    [Fact]
    public async Task A_fault_where_a_second_run_would_harm_leaves_an_unknown_outcome()
    {
        using (var fault = await PostAsync("/api/probe/refuse-bug", "k1")) Assert.Equal(HttpStatusCode.InternalServerError, fault.StatusCode);
        using var repeat = await PostAsync("/api/probe/refuse-bug", "k1");
        await repeat.AssertErrorAsync(HttpStatusCode.Conflict, "idempotency_outcome_unknown");
        Assert.Equal(1, _runs);
    }

    [Fact]
    public async Task A_run_that_outlived_its_lease_does_not_overwrite_the_answer_of_its_repeat()
    {
        var rows = _host.Services.GetRequiredService<IdempotencyRows>();
        var lost = await LoseAsync("/api/probe/make", "k1", "{}");
        _clock.Advance(IdempotencyLimits.Lease);
        (await PostAsync("/api/probe/make", "k1")).Dispose();
        await rows.KeepAsync(lost, new KeptAnswer(200, "text/plain", "late"u8.ToArray()), default);
        using var repeat = await PostAsync("/api/probe/make", "k1");
        Assert.Equal(HttpStatusCode.Created, repeat.StatusCode);
    }

    [Fact]
    public async Task After_a_day_the_key_is_free_and_the_row_is_pruned_in_batches()
    {
        foreach (var key in new[] { "k1", "k2", "k3" }) (await PostAsync("/api/probe/make", key)).Dispose();
        _clock.Advance(IdempotencyLimits.Kept);
        (await PostAsync("/api/probe/make", "k1")).Dispose();
        Assert.Equal(4, _runs);
        var rows = _host.Services.GetRequiredService<IdempotencyRows>();
        Assert.InRange(await rows.PruneAsync(_clock.GetUtcNow(), 1, default), 0, 1); // the host's own pruning may have been there
        await rows.PruneAsync(_clock.GetUtcNow(), 10, default);
        await using var command = _host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT key FROM idempotent_request");
        Assert.Equal("k1", await command.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("sch\u00f6n")]
    [InlineData("long")]
    public async Task A_bad_key_is_400(string key)
    {
        using var answer = await PostAsync("/api/probe/make", key == "long" ? new string('x', 129) : key);
        await answer.AssertFieldErrorAsync("Idempotency-Key");
        Assert.Equal(0, _runs);
    }

    [Fact]
    public async Task The_longest_key_is_taken()
    {
        using var answer = await PostAsync("/api/probe/make", new string('~', 128));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task An_api_key_is_shown_once_and_the_database_never_held_it()
    {
        const string body = """{"name":"n","scopes":["read"]}""";
        using var first = await PostAsync("/api/v1/keys", "k1", body);
        var key = (await first.JsonAsync()).GetProperty("key").GetProperty("key").GetString()!;
        using var repeat = await PostAsync("/api/v1/keys", "k1", body);
        await repeat.AssertErrorAsync(HttpStatusCode.Conflict, "idempotency_replayed_secret");
        using var list = await _user.Client.GetAsync("/api/v1/keys");
        Assert.Equal(1, (await list.JsonAsync()).GetProperty("keys").GetArrayLength());
        await using var command = _host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT count(*) FROM idempotent_request r WHERE r::text LIKE '%' || $1 || '%' OR r.body IS NOT NULL");
        command.Parameters.Add(new() { Value = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(key)) });
        Assert.Equal(0L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task An_answer_too_long_to_keep_is_given_once()
    {
        using var first = await PostAsync("/api/probe/long", "k1");
        Assert.Equal(IdempotencyLimits.MaxAnswer + 1, (await first.Content.ReadAsByteArrayAsync()).Length);
        using var repeat = await PostAsync("/api/probe/long", "k1");
        await repeat.AssertErrorAsync(HttpStatusCode.Conflict, "idempotency_replayed_secret");
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413_and_takes_no_key()
    {
        using var large = await PostAsync("/api/probe/make", "k1", new string(' ', 2_000_000));
        await large.AssertErrorAsync(HttpStatusCode.RequestEntityTooLarge, "too_large");
        using var small = await PostAsync("/api/probe/make", "k1");
        Assert.Equal(HttpStatusCode.Created, small.StatusCode);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string? key, string body = "{}", HostFixture? on = null, SignedIn? user = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, null, "application/json") };
        if (key is not null) Assert.True(request.Headers.TryAddWithoutValidation("Idempotency-Key", key));
        request.Headers.Authorization = new("Bearer", (user ?? _user).Token);
        using var handler = new SocketsHttpHandler { UseCookies = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        using var client = new HttpClient(handler) { BaseAddress = (on ?? _host).Address };
        return await client.SendAsync(request);
    }

    /// <summary>A claim whose silo is gone.</summary>
    private async Task<IdempotencyRun> LoseAsync(string path, string key, string body)
    {
        var run = new IdempotencyRun(_user.UserId, key, Guid.NewGuid());
        var fingerprint = SHA256.HashData(Encoding.UTF8.GetBytes($"POST\n{path}\n\n{body}"));
        var claim = await _host.Services.GetRequiredService<IdempotencyRows>().ClaimAsync(
            run, fingerprint, _clock.GetUtcNow(), IdempotencyLimits.Lease, IdempotencyLimits.Kept, runsAgain: true, default);
        Assert.IsType<IdempotencyClaim.Run>(claim);
        return run;
    }

    private Task<HostFixture> StartAsync() => HostFixture.StartAsync(new()
    {
        ConnectionString = _database,
        Settings = new Dictionary<string, string> { ["Postmill:Cluster:Secret"] = "what the silos show each other", ["Postmill:Cluster:Port"] = "0" },
        Configure = builder => builder.Services.AddSingleton<TimeProvider>(_clock),
        Map = MapProbes,
    });

    private void MapProbes(WebApplication app)
    {
        var probe = app.MapGroup("/api/probe").RequireSession(Role.View);
        probe.MapPost("/plain", () => Interlocked.Increment(ref _runs));
        probe.MapPost("/make", (Delegate)MakeAsync).WithIdempotency(AfterLoss.RunAgain);
        probe.MapPost("/refuse", (Delegate)MakeAsync).WithIdempotency(AfterLoss.Refuse);
        probe.MapPost("/slow", (Delegate)SlowAsync).WithIdempotency(AfterLoss.Refuse);
        probe.MapPost("/long", () => new string('x', IdempotencyLimits.MaxAnswer + 1)).WithIdempotency(AfterLoss.Refuse);
        probe.MapPost("/bug", Bug).WithIdempotency(AfterLoss.RunAgain);
        probe.MapPost("/refuse-bug", Bug).WithIdempotency(AfterLoss.Refuse);
        foreach (var (path, error) in new[] { ("/503", ApiErrors.Unreachable()), ("/429", ApiErrors.TooMany(TimeSpan.FromSeconds(1))), ("/404", ApiErrors.NotFound()) })
            probe.MapPost(path, IResult () =>
            {
                Interlocked.Increment(ref _runs);
                return error;
            }).WithIdempotency(AfterLoss.RunAgain);
    }

    private async Task<IResult> MakeAsync(HttpContext http)
    {
        var run = Interlocked.Increment(ref _runs);
        http.Response.Cookies.Append("a", "b");
        using var reader = new StreamReader(http.Request.Body);
        return Results.Json(new { run, got = await reader.ReadToEndAsync() }, statusCode: 201, options: new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    private async Task<IResult> SlowAsync(HttpContext http)
    {
        var answer = await MakeAsync(http);
        _entered.TrySetResult();
        await _leave.Task;
        return answer;
    }

    private string Bug()
    {
        Interlocked.Increment(ref _runs);
        throw new InvalidOperationException("bug");
    }
}
