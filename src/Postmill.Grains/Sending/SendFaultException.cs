using Postmill.Domain.Sending;

namespace Postmill.Grains.Sending;

/// <summary>The SMTP server cannot be used; <see cref="Failure"/> says why, in the contract's words.</summary>
public sealed class SendFaultException(SendFailure failure, Exception? inner = null) : Exception(failure.Text, inner)
{
    public SendFailure Failure { get; } = failure;

    /// <summary>The host turned us away before it knew who we are: it means everybody.</summary>
    public bool IsOfHost { get; init; }
}
