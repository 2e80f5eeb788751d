using Postmill.Domain.Sync;

namespace Postmill.Grains.Sync;

/// <summary>The mail server failed; <see cref="Failure"/> says how, in the contract's words.</summary>
public sealed class MailboxFaultException(SyncFailure failure, Exception? inner = null) : Exception(failure.Text, inner)
{
    public SyncFailure Failure { get; } = failure;

    /// <summary>The host turned us away before it knew who we are: it means everybody.</summary>
    public bool IsOfHost { get; init; }

    /// <summary>For how long, where it said so.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
