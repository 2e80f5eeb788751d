using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sending;
using Postmill.Grains.Accounts;
using Postmill.Grains.Jobs;

namespace Postmill.Grains.Sending;

/// <summary>The order of effects around handing in a mail: the rows first, then the account is told. The sweep finds what it could not be told.</summary>
public sealed partial class SendDesk(
    IOutgoingBook book, ISuppressionList suppressions, IGrainFactory grains, SendOptions options, JobOptions jobs, TimeProvider time, ILogger<SendDesk> logger)
{
    /// <summary>A wait that ended so much earlier than asked has ended for its reason; two clocks do not agree to the tick.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(100);

    /// <summary>Answers as soon as the mail is stored.</summary>
    public async Task<SendOutcome> EnqueueAsync(Guid userId, Guid accountId, OutgoingDraft draft, string actor, CancellationToken cancellationToken)
    {
        var outcome = await AddAsync(userId, accountId, draft, actor, cancellationToken);
        if (outcome is SendOutcome.Done { IsRepeat: false } && draft.SendAt is null)
            await TellAsync(accountId, grain => grain.MailDue().WaitAsync(TimeSpan.FromMilliseconds(jobs.TellMilliseconds), time, CancellationToken.None));
        return outcome;
    }

    /// <summary>Answers when the server has accepted or refused the mail, when it is clear that it does not go now, or after <see cref="SendOptions.AnswerSeconds"/>; the job says which.</summary>
    public async Task<SendOutcome> SendAsync(Guid userId, Guid accountId, OutgoingDraft draft, string actor, CancellationToken cancellationToken)
    {
        var outcome = await AddAsync(userId, accountId, draft, actor, cancellationToken);
        if (outcome is not SendOutcome.Done done || !JobPolicy.IsOpen(done.Job.State) || done.Job.NextRunAt > time.GetUtcNow()) return outcome;
        await TellAsync(accountId, grain => grain.MailDue());
        await TellAsync(accountId, grain => WaitAsync(grain, done.Job.Id, cancellationToken));
        return await book.FindAsync(userId, done.Job.Id, cancellationToken) is { } now ? done with { Job = now } : done;
    }

    private async Task<SendOutcome> AddAsync(Guid userId, Guid accountId, OutgoingDraft draft, string actor, CancellationToken cancellationToken)
    {
        if (await book.RepeatAsync(userId, draft, cancellationToken) is { } repeat) return repeat;
        var suppressed = await suppressions.FindAsync(userId, [.. draft.Everybody.Select(address => address.Email)], cancellationToken);
        return suppressed.Count > 0 ? new SendOutcome.Suppressed(suppressed) : await book.AddAsync(userId, accountId, draft, actor, cancellationToken);
    }

    private async Task WaitAsync(IAccountGrain grain, Guid jobId, CancellationToken cancellationToken)
    {
        var (began, most) = (time.GetTimestamp(), TimeSpan.FromSeconds(options.AnswerSeconds));
        for (var left = most; left > TimeSpan.Zero; left = most - time.GetElapsedTime(began))
        {
            var (piece, asked) = (left < AccountGrains.WaitPiece ? left : AccountGrains.WaitPiece, time.GetTimestamp());
            try
            {
                await grain.WaitForMail(jobId, piece, cancellationToken);
            }
            catch (TimeoutException)
            {
                continue; // its silo has died: the next owner is asked
            }

            if (time.GetElapsedTime(asked) < piece - Slack) return;
        }
    }

    private async Task TellAsync(Guid accountId, Func<IAccountGrain, Task> tell)
    {
        try
        {
            await tell(grains.Account(accountId));
        }
        catch (Exception fault) when (fault is TimeoutException or OrleansException or OwnershipHeldException or StorageFaultException)
        {
            LogNotTold(fault, accountId);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {AccountId} could not be told of a mail; the sweep finds it")]
    private partial void LogNotTold(Exception fault, Guid accountId);
}
