using Postmill.Domain.Sync;

namespace Postmill.Domain.Accounts;

/// <summary>One connected mailbox; the key is the account's id. It owns the mail connection, the sync timer, the throttle window and the ladder.</summary>
[Alias("account")]
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>A user's <c>POST /api/sync</c>. Never waits for the mail server: a started run is awaited with <see cref="WaitForRun"/>.</summary>
    [Alias("RequestSync")]
    Task<SyncReply> RequestSync();

    /// <summary>
    /// The report of a run that <see cref="RequestSync"/> started, or null when it is still going after <paramref name="atMost"/> (at most <see cref="AccountGrains.WaitPiece"/>).
    /// A report is kept until the next run ends.
    /// </summary>
    [AlwaysInterleave, ResponseTimeout("00:00:25"), Alias("WaitForRun")]
    Task<RunReport?> WaitForRun(Guid runId, TimeSpan atMost, CancellationToken cancellationToken);

    /// <summary>Look whether something is due: from the sweep, after connecting, after new credentials. Doubling it is harmless.</summary>
    [Alias("Wake")]
    Task Wake(WakeReason reason);

    /// <summary>Look at the account's due jobs; their rows are there. A lost call is made up for by the sweep for due jobs.</summary>
    [OneWay, Alias("JobsDue")]
    Task JobsDue();

    /// <summary>Look at the account's outgoing mail; its rows are there. A lost call is made up for by the sweep.</summary>
    [OneWay, Alias("MailDue")]
    Task MailDue();

    /// <summary>A person wants a mail tried now, its row is there: also while sending stands still. Lost, the mail waits for the end of that.</summary>
    [OneWay, Alias("MailAsked")]
    Task MailAsked();

    /// <summary>
    /// Returns when there is something to look at in the job's row: a verdict, or that the mail does not go now; at the latest after <paramref name="atMost"/> (at most
    /// <see cref="AccountGrains.WaitPiece"/>).
    /// </summary>
    [AlwaysInterleave, ResponseTimeout("00:00:25"), Alias("WaitForMail")]
    Task WaitForMail(Guid jobId, TimeSpan atMost, CancellationToken cancellationToken);

    /// <summary>
    /// Cancels a job that this account's run serves; the run itself stops when nobody else wants it. False: the job is not served by a run here.
    /// </summary>
    [Alias("CancelJob")]
    Task<bool> CancelJob(Guid jobId);

    /// <summary>The row is disconnected already (its writes are fenced off); ends timer, run and connection.</summary>
    [Alias("Disconnect")]
    Task Disconnect();
}
