using Postmill.Domain.Sending;

namespace Postmill.Grains.Accounts;

/// <summary>Connects and disconnects accounts of a user. Each method is one transaction; the user's accounts are changed one at a time.</summary>
public interface IAccountBook
{
    /// <summary>Whether this address may be connected now; answered before the mail servers are asked.</summary>
    Task<ConnectStanding> StandingAsync(Guid userId, string email, CancellationToken cancellationToken);

    /// <summary>Saves a verified account; a disconnected one with the same address lives again under its id, with its mail.</summary>
    Task<ConnectOutcome> ConnectAsync(Guid userId, NewAccount account, CancellationToken cancellationToken);

    /// <summary>False: not there, not the user's, or disconnected before. From the commit on, every write of the running sync is refused.</summary>
    Task<bool> DisconnectAsync(Guid userId, Guid accountId, CancellationToken cancellationToken);

    /// <summary>Changes what is not null, if name and default are as <paramref name="seen"/> wants them; an empty name takes it away.</summary>
    Task<ChangeOutcome> ChangeAsync(
        Guid userId, Guid accountId, string? name, bool makeDefault, AccountLimits? limits, Func<string?, bool, bool> seen, CancellationToken cancellationToken);

    /// <summary>Settings of a connected account of this user with the password opened, or null.</summary>
    /// <exception cref="UnreadableSecretException">The stored password cannot be opened.</exception>
    Task<AccountSettings?> SettingsAsync(Guid userId, Guid accountId, CancellationToken cancellationToken);

    /// <summary>The same without the password, which is empty: for entering it again when it cannot be opened.</summary>
    Task<AccountSettings?> ServersAsync(Guid userId, Guid accountId, CancellationToken cancellationToken);

    /// <summary>Replaces user name and password; false as for <see cref="DisconnectAsync"/>.</summary>
    Task<bool> RotateAsync(Guid userId, Guid accountId, string username, string password, CancellationToken cancellationToken);
}

/// <summary>An account as a user wants it connected.</summary>
public sealed record NewAccount(string Email, string? Name, ServerAddress Imap, ServerAddress Smtp, string Username, string Password)
{
    public AccountLimits Limits { get; init; } = AccountLimits.None;

    public override string ToString() => $"{Email} ({Imap}, {Smtp})";
}

public enum ConnectStanding { Free, AlreadyConnected, QuotaReached }

/// <param name="AccountId">Null unless <paramref name="Standing"/> is <see cref="ConnectStanding.Free"/>.</param>
public sealed record ConnectOutcome(ConnectStanding Standing, Guid? AccountId);
