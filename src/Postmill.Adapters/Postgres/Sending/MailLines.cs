using System.Text.Json;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sending;
using Postmill.Grains.Sending;

namespace Postmill.Adapters.Postgres.Sending;

/// <summary>What the log says of an attempt: one line a mail, with the server's words and how many recipients stand where; never the mail.</summary>
internal static class MailLines
{
    public static IReadOnlyList<MailLine> Of(IReadOnlyList<MailOutcome> outcomes) => [.. outcomes.Where(outcome => outcome.Attempt.Changed.Count > 0).Select(Of)];

    private static MailLine Of(MailOutcome outcome)
    {
        var job = outcome.Attempt.Job;
        var (action, result) = job.State switch
        {
            _ when outcome.Attempt.Changed.All(recipient => recipient.Code == SendFailure.Suppressed) => ("mail.suppressed", "failed"),
            JobState.Succeeded => ("mail.sent", "done"),
            JobState.Uncertain => ("mail.uncertain", "uncertain"),
            JobState.Retrying => ("mail.deferred", "failed"),
            _ => ("mail.failed", "failed"),
        };
        var detail = new Dictionary<string, object?>
        {
            ["message_id"] = outcome.Mail.MessageId,
            ["attempt"] = job.AttemptCount,
            ["recipients"] = outcome.Attempt.Changed.GroupBy(recipient => recipient.State).ToDictionary(group => group.Key.Word(), group => group.Count()),
        };
        if (outcome.Response is { } response) detail["text"] = response.Length <= JobPolicy.MostDetail ? response : response[..JobPolicy.MostDetail];
        if (job.NextRunAt is { } next) detail["next_run_at"] = Domain.WireTime.Format(next);
        return new MailLine(action, job.Id, result, job.State == JobState.Succeeded ? null : job.LastErrorCode, JsonSerializer.Serialize(detail));
    }
}
