using System.Data.Common;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Postmill.Domain.Accounts;
using Postmill.Domain.Sending;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Accounts;

/// <summary>The order of effects around an account's life: check, verify by logging in, save, wake. Nothing is stored when a check fails.</summary>
public sealed partial class AccountConnector(IAccountBook book, IMailVerifier verifier, StartGates gates, IGrainFactory grains, ILogger<AccountConnector> logger)
{
    public async Task<ConnectResult> ConnectAsync(Guid userId, NewAccount account, CancellationToken cancellationToken)
    {
        var standing = await book.StandingAsync(userId, account.Email, cancellationToken);
        if (standing != ConnectStanding.Free) return Refused(standing);
        var verified = await VerifyAsync(SettingsOf(account), cancellationToken);
        if (!verified.Passed) return new ConnectResult.NotVerified(verified);
        var outcome = await book.ConnectAsync(userId, account, cancellationToken);
        if (outcome.AccountId is not { } accountId) return Refused(outcome.Standing);
        await TellAsync(accountId, grain => grain.Wake(WakeReason.Connected));
        return new ConnectResult.Connected(accountId);
    }

    /// <summary>False: no such connected account of this user.</summary>
    public async Task<bool> DisconnectAsync(Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        if (!await book.DisconnectAsync(userId, accountId, cancellationToken)) return false;
        await TellAsync(accountId, grain => grain.Disconnect());
        return true;
    }

    public async Task<ChangeOutcome> ChangeAsync(
        Guid userId, Guid accountId, string? name, bool makeDefault, AccountLimits? limits, Func<string?, bool, bool> seen, CancellationToken cancellationToken)
    {
        var outcome = await book.ChangeAsync(userId, accountId, name, makeDefault, limits, seen, cancellationToken);
        if (outcome == ChangeOutcome.Done && limits is not null) await TellAsync(accountId, grain => grain.Wake(WakeReason.Limited));
        return outcome;
    }

    /// <summary>Null: no such connected account of this user.</summary>
    public async Task<Verification?> TestAsync(Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        try
        {
            if (await book.SettingsAsync(userId, accountId, cancellationToken) is not { } settings) return null;
            var verified = await VerifyAsync(settings, cancellationToken);
            if (verified.Smtp is null) await TellAsync(accountId, grain => grain.Wake(WakeReason.Proven));
            return verified;
        }
        catch (UnreadableSecretException)
        {
            var unreadable = new LoginFailure("secret_unreadable", "The stored password cannot be read any more; enter it again.");
            return new Verification(unreadable, unreadable);
        }
    }

    /// <summary>Verifies before saving. Null: no such connected account of this user.</summary>
    public async Task<Verification?> RotateAsync(Guid userId, Guid accountId, string? username, string password, CancellationToken cancellationToken)
    {
        if (await book.ServersAsync(userId, accountId, cancellationToken) is not { } settings) return null;
        var rotated = settings with { Username = username ?? settings.Username, Password = password };
        var verified = await VerifyAsync(rotated, cancellationToken);
        if (!verified.Passed) return verified;
        if (!await book.RotateAsync(userId, accountId, rotated.Username, password, cancellationToken)) return null;
        await TellAsync(accountId, grain => grain.Wake(WakeReason.Rotated));
        return verified;
    }

    /// <summary>A login like any other at the host's gate, but a person waits for it.</summary>
    private async Task<Verification> VerifyAsync(AccountSettings account, CancellationToken cancellationToken)
    {
        using var opening = await gates.OpeningAsync(account.Imap.Host, new CancellationToken(canceled: true), cancellationToken);
        return await verifier.VerifyAsync(account, cancellationToken);
    }

    /// <summary>
    /// The row says all of it already: a sweep wakes the account and the fence refuses a disconnected one's writes. A grain out of reach costs promptness, and must
    /// not tell the user that what is saved has failed.
    /// </summary>
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {AccountId} was changed, but its grain could not be told; the schedule finds it")]
    private partial void LogNotTold(Exception fault, Guid accountId);

    private static ConnectResult Refused(ConnectStanding standing) =>
        standing == ConnectStanding.QuotaReached ? new ConnectResult.QuotaReached() : new ConnectResult.AlreadyConnected();

    private static AccountSettings SettingsOf(NewAccount account) =>
        new(Guid.Empty, account.Email, account.Imap, account.Smtp, account.Username, account.Password);
}
