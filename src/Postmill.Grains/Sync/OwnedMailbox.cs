using Postmill.Grains.Accounts;

namespace Postmill.Grains.Sync;

/// <summary>An open connection together with the claim under which its mails may be stored.</summary>
internal sealed record OwnedMailbox(OwnedAccount Account, IMailbox Mailbox);
