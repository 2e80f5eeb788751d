using Postmill.Grains.Accounts;

namespace Postmill.Grains.Sync;

/// <summary>Opens a mailbox on its server.</summary>
public interface IMailboxes
{
    /// <exception cref="MailboxFaultException">Anything that went wrong, folded into the contract's codes.</exception>
    Task<IMailbox> OpenAsync(AccountSettings account, CancellationToken cancellationToken);
}
