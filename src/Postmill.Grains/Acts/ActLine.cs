using System.Text.Json;
using Postmill.Domain;
using Postmill.Domain.Access;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sync;

namespace Postmill.Grains.Acts;

/// <summary>The line that an act's end leaves in the log: <c>mailbox.{kind}</c>, about its job.</summary>
internal static class ActLine
{
    public static AuditLine Of(Claim claim, Job ended, SyncFailure? failure) =>
        new(claim.UserId, claim.AccountId, $"user:{claim.UserId}", $"mailbox.{ended.Kind}", ended.Id.ToString(), failure is null ? "done" : "failed", Detail(ended, failure))
        {
            Code = failure?.Code,
        };

    private static string Detail(Job ended, SyncFailure? failure) => failure is null ? "{}" : JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["text"] = ended.LastErrorDetail,
        ["attempt"] = ended.AttemptCount,
        ["next_run_at"] = ended.NextRunAt is { } next ? WireTime.Format(next) : null,
    });
}
