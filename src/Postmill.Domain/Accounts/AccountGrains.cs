namespace Postmill.Domain.Accounts;

public static class AccountGrains
{
    public const string GrainType = "account";

    /// <summary>Who waits longer for an account waits in pieces of this: a front does not hear that the silo of its call has died, and only this piece of its wait dies with it.</summary>
    public static readonly TimeSpan WaitPiece = TimeSpan.FromSeconds(15);

    /// <summary>The grain of an account. It is named by its type, so that a front can name it before it has met a silo.</summary>
    public static IAccountGrain Account(this IGrainFactory grains, Guid accountId) =>
        grains.GetGrain<IAccountGrain>(GrainId.Create(GrainType, accountId.ToString()));
}
