using Postmill.Domain.Accounts;
using Postmill.Domain.Sending;
using Postmill.Domain.Sync;
using Postmill.Grains.Jobs;

namespace Postmill.Grains.Accounts;

/// <summary>The account's row as its grain needs it.</summary>
public interface IAccountStore
{
    /// <summary>
    /// Takes the row over: owner = this silo, epoch + 1, where the old owner is null, this silo, or dead. Jobs that ran under the old owner are due again. Null: not there or not connected.
    /// </summary>
    /// <exception cref="OwnershipHeldException">Another silo that lives owns it.</exception>
    Task<OwnedAccount?> ClaimAsync(Guid accountId, CancellationToken cancellationToken);

    /// <summary>Gives the row back, so that any silo may take it at once. Refused silently when it is no longer ours.</summary>
    Task ReleaseAsync(Claim claim, SyncState state, CancellationToken cancellationToken);

    /// <summary>Saves schedule and result, and what becomes of jobs with them; <c>stored_total</c> belongs to the batches and is not written.</summary>
    /// <exception cref="OwnershipLostException">The claim is stale.</exception>
    Task SaveAsync(Claim claim, SyncState state, Durability durability, JobChanges? jobs, CancellationToken cancellationToken);

    /// <summary>
    /// Saves how a run ended, with <c>stored_total</c> as its result's total, and with <paramref name="handed"/> as what a POST was given; answers that total.
    /// </summary>
    /// <exception cref="OwnershipLostException">The claim is stale.</exception>
    Task<long> SaveResultAsync(Claim claim, SyncState state, bool handed, Durability durability, JobChanges? jobs, CancellationToken cancellationToken);

    /// <summary>Connection settings with the password opened.</summary>
    /// <exception cref="OwnershipLostException">The claim is stale.</exception>
    Task<AccountSettings> SettingsAsync(Claim claim, CancellationToken cancellationToken);
}

/// <summary>A claimed account.</summary>
/// <param name="JobsOpen">Jobs of syncs stand open, or failed and not resolved.</param>
/// <param name="ImapHost">Whose gate its connections pass; it changes with the epoch alone.</param>
/// <param name="SmtpHost">Likewise for sending.</param>
public sealed record OwnedAccount(Claim Claim, SyncState State, string Email, DateTimeOffset ConnectedAt, string ImapHost, bool JobsOpen = false, string SmtpHost = "")
{
    /// <summary>Of sending, at the claim.</summary>
    public AccountLimits Limits { get; init; } = AccountLimits.None;

    /// <summary>How its outbox stood at the claim.</summary>
    public OutboxStanding Mail { get; init; } = new(false, false, 0);
}

/// <param name="Waits">Mails wait, now or for a time.</param>
/// <param name="IsUncertain">Mails are uncertain.</param>
/// <param name="Doubted">Mails that were under way when the owner before was lost; uncertain since the claim.</param>
public sealed record OutboxStanding(bool Waits, bool IsUncertain, int Doubted);
