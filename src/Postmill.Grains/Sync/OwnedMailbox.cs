using Postmill.Grains.Accounts;

namespace Postmill.Grains.Sync;

/// <summary>An open connection together with the claim under which its mails may be stored.</summary>
/// <param name="Broke">Told of a capability that the server announced and broke.</param>
internal sealed record OwnedMailbox(OwnedAccount Account, IMailbox Mailbox, Action<string> Broke);
