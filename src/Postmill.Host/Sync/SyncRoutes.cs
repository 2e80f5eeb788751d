using Microsoft.AspNetCore.Http.HttpResults;
using Orleans;
using Orleans.Runtime;
using Postmill.Adapters.Postgres.Accounts;
using Postmill.Domain.Access;
using Postmill.Domain.Accounts;
using Postmill.Domain.Sync;
using Postmill.Host.Access;
using Postmill.Host.Accounts;
using Postmill.Host.Http;

namespace Postmill.Host.Sync;

/// <summary><c>/api/sync</c> (S0).</summary>
internal static class SyncRoutes
{
    // The contract: still running after this, the answer is "queued" and the run goes on.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    public static void MapSyncRoutes(this IEndpointRouteBuilder routes)
    {
        var sync = routes.MapGroup("/api/sync").RequireSession(Role.View).WithTags("Sync");
        sync.MapGet("", ListAsync).WithSummary("The sync state of your accounts").Produces<SyncListAnswer>();
        sync.MapPost("", RunAsync)
            .WithSummary("Sync an account now, at most once in 30 seconds; without account_id the default account")
            .Accepts<SyncRequest>("application/json").Produces<SyncAnswer>().ProducesErrors(400, 404, 502);
    }

    private static async Task<IResult> ListAsync(HttpContext http, AccountQueries accounts) =>
        TypedResults.Ok(new SyncListAnswer([.. (await accounts.ListAsync(http.UserId(), http.RequestAborted)).Select(AccountSyncJson.Of)]));

    private static async Task<IResult> RunAsync(HttpContext http, AccountQueries accounts, IGrainFactory grains)
    {
        var body = await JsonBody.ReadAsync(http, whenEmpty: new SyncRequest(null));
        if (body.IsRefused) return body.Refusal;
        Guid? wanted = null;
        if (body.Value.AccountId is { } text)
        {
            if (!Guid.TryParse(text, out var parsed)) return AccountRoutes.NotFound();
            wanted = parsed;
        }

        if (await accounts.FindAsync(http.UserId(), wanted, http.RequestAborted) is not { } account) return AccountRoutes.NotFound();
        var grain = grains.Account(account.Id);
        var reply = await grain.RequestSync();
        if (!reply.Found) return await accounts.FindAsync(http.UserId(), account.Id, http.RequestAborted) is null ? AccountRoutes.NotFound() : ApiErrors.Moving();
        if (reply.RunId is not { } runId) return Queued(account, reply.Previous);
        var report = await WaitAsync(grain, runId, http.RequestAborted);
        if (report?.Failure is { } failure) return ApiErrors.MailServer(failure.Code, failure.Text).With("accountId", account.Id.ToString());
        if (report?.Result is { } result) return TypedResults.Ok(new SyncAnswer(true, account.Id, "synced", result.NewMessages, result.SyncedAt));
        // Still going, or given up: by another owner that goes on with it, or because the account was disconnected.
        return await accounts.FindAsync(http.UserId(), account.Id, http.RequestAborted) is { } now ? Queued(now, now.Sync.LastResult) : AccountRoutes.NotFound();
    }

    private static async Task<RunReport?> WaitAsync(IAccountGrain grain, Guid runId, CancellationToken cancellationToken)
    {
        RunReport? report = null;
        for (var pieces = LongestWait / AccountGrains.WaitPiece; report is null && pieces > 0; pieces--)
        {
            try
            {
                report = await grain.WaitForRun(runId, AccountGrains.WaitPiece, cancellationToken);
            }
            catch (TimeoutException)
            {
                continue; // its silo has died: the next owner is asked
            }
            catch (OrleansException)
            {
                return null; // the run is on record, and goes on where the account goes on
            }
        }

        return report;
    }

    private static Ok<SyncAnswer> Queued(AccountView account, SyncResult? previous) =>
        TypedResults.Ok(new SyncAnswer(true, account.Id, "queued", previous?.NewMessages ?? 0, previous?.SyncedAt));
}
