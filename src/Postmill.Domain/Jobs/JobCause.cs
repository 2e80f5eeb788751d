namespace Postmill.Domain.Jobs;

/// <summary>What made a job. The last two follow the account's own ladder, the others are found by the sweep for due jobs.</summary>
public enum JobCause
{
    /// <summary>A person enqueued, triggered or retried it.</summary>
    User,

    /// <summary>A <c>POST /api/sync</c>: one attempt, for somebody waits for it.</summary>
    Post,

    /// <summary>The account was connected, or its credentials were replaced.</summary>
    Connect,

    /// <summary>The account's timer.</summary>
    Schedule,
}
