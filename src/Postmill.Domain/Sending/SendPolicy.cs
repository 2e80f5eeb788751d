using Postmill.Domain.Jobs;

namespace Postmill.Domain.Sending;

/// <summary>
/// What becomes of a mail and its recipients. Pure. The job runs from the commit of the intent, which is before the first octet of content; recipients are settled one by one:
/// <code>
///   waiting ── positive reply after the dot ──────────────► sent
///      │  ├── 5xx to it or to the mail, or suppressed ────► failed
///      │  ├── no reply after the dot, or owner lost ──────► uncertain ── in Sent, answered or bounced ──► sent
///      │  └── cancelled before it was sent ───────────────► cancelled
///      └──── 4xx, connection lost before the dot ──► waiting, again after the next of <see cref="Waits"/>, at the end of them failed
///
///   job: retrying while one waits; else uncertain if one is, failed if one failed, succeeded otherwise
/// </code>
/// </summary>
public static class SendPolicy
{
    /// <summary>Waits after each failure that may pass: about a day in all, as RFC 5321 §4.5.4.1 wants several attempts over hours.</summary>
    public static readonly IReadOnlyList<TimeSpan> Waits = [.. new[] { 1, 5, 15, 30, 60, 120, 240, 480, 480 }.Select(minutes => TimeSpan.FromMinutes(minutes))];

    public static readonly int MostAttempts = Waits.Count + 1;

    /// <summary>How the mail stands after an attempt whose intent was committed (<paramref name="job"/> is as <see cref="OnIntent"/> left it).</summary>
    /// <param name="settled">States of the recipients that do not wait any more, from earlier attempts.</param>
    public static Attempt OnDelivery(Job job, IReadOnlyList<OutgoingRecipient> waiting, IReadOnlyList<RecipientState> settled, Delivery delivery, DateTimeOffset now)
    {
        var last = job.AttemptCount >= job.MaxAttempts;
        var after = waiting.Select(recipient => Settle(recipient, delivery, last)).ToList();
        var changed = after.Where((recipient, at) => recipient != waiting[at]).ToList();
        return new Attempt(Judge(job, after, settled, delivery, now), changed);
    }

    /// <summary>The intent was committed, or may have been, and nothing of the mail was sent: it does not count, and the mail is due again.</summary>
    public static Attempt OnTakenBack(Job job, DateTimeOffset now) => new(JobPolicy.OnAbandoned(job, now, now), []);

    /// <summary>Who came onto the suppression list meanwhile is not written to; the others stay as due as they are. No attempt is counted.</summary>
    public static Attempt OnSuppressed(OutgoingMail mail, DateTimeOffset now)
    {
        var failure = new SendFailure(SendFailure.Suppressed, "on your suppression list since the mail was handed in");
        var changed = mail.Waiting.Where(recipient => mail.Suppressed.Contains(recipient.Ordinal)).Select(recipient => Refused(recipient, RecipientState.Failed, failure)).ToList();
        var (code, text) = (failure.Code, string.Join(", ", changed.Select(recipient => recipient.Address)) + ": " + failure.Text);
        return changed.Count < mail.Waiting.Count
            ? new Attempt(mail.Job with { LastErrorCode = code, LastErrorDetail = Cut(text), UpdatedAt = now }, changed)
            : new Attempt(Judge(mail.Job, changed, mail.Settled, new Delivery(DeliveryEnd.RefusedForGood, new SendFailure(code, text)), now), changed);
    }

    /// <summary>The job as the commit of its intent leaves it.</summary>
    public static Job OnIntent(Job job, DateTimeOffset now) => JobPolicy.OnStarted(job, now);

    private static OutgoingRecipient Settle(OutgoingRecipient recipient, Delivery delivery, bool last)
    {
        var answer = delivery.Recipients.GetValueOrDefault(recipient.Ordinal);
        if (answer?.Verdict == RecipientVerdict.RefusedForGood) return Refused(recipient, RecipientState.Failed, answer.Failure);
        var named = answer?.Verdict == RecipientVerdict.Accepted;
        return delivery.End switch
        {
            DeliveryEnd.Accepted when named => recipient with { State = RecipientState.Sent, Code = null, Text = null },
            DeliveryEnd.Unknown when named => Refused(recipient, RecipientState.Uncertain, delivery.Failure),
            DeliveryEnd.RefusedForGood when answer?.Verdict != RecipientVerdict.RefusedForNow => Refused(recipient, RecipientState.Failed, answer?.Failure ?? delivery.Failure),
            _ => Refused(recipient, last ? RecipientState.Failed : RecipientState.Waiting, answer?.Failure ?? delivery.Failure),
        };
    }

    private static OutgoingRecipient Refused(OutgoingRecipient recipient, RecipientState state, SendFailure? failure) =>
        recipient with { State = state, Code = failure?.Code ?? recipient.Code, Text = failure is null ? recipient.Text : Cut(failure.Text) };

    private static Job Judge(Job job, List<OutgoingRecipient> after, IReadOnlyList<RecipientState> settled, Delivery delivery, DateTimeOffset now)
    {
        var failure = delivery.Failure ?? FirstRefusal(after);
        var judged = failure is null ? job : job with { LastErrorCode = failure.Code, LastErrorDetail = Cut(failure.Text) };
        judged = judged with { NextRunAt = null, UpdatedAt = now };
        if (Any(RecipientState.Waiting)) return judged with { State = JobState.Retrying, NextRunAt = now + Waits[Math.Clamp(job.AttemptCount - 1, 0, Waits.Count - 1)] };
        judged = judged with { EndedAt = now };
        if (Any(RecipientState.Uncertain)) return judged with { State = JobState.Uncertain };
        if (!Any(RecipientState.Failed)) return judged with { State = JobState.Succeeded };
        return Any(RecipientState.Sent)
            ? judged with { State = JobState.Failed, LastErrorCode = SendFailure.SomeRefused }
            : judged with { State = JobState.Failed };

        bool Any(RecipientState state) => settled.Contains(state) || after.Exists(recipient => recipient.State == state);
    }

    private static SendFailure? FirstRefusal(List<OutgoingRecipient> recipients) =>
        recipients.Find(recipient => recipient.Code is not null) is { Code: { } code } refused ? new SendFailure(code, $"{refused.Address}: {refused.Text}") : null;

    private static string Cut(string text) => text.Length <= JobPolicy.MostDetail ? text : text[..JobPolicy.MostDetail];
}
