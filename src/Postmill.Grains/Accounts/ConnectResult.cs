namespace Postmill.Grains.Accounts;

/// <summary>How connecting an account ended; closed.</summary>
public abstract record ConnectResult
{
    private ConnectResult() { }

    public sealed record Connected(Guid AccountId) : ConnectResult;

    public sealed record AlreadyConnected : ConnectResult;

    public sealed record QuotaReached : ConnectResult;

    public sealed record NotVerified(Verification Verification) : ConnectResult;
}
