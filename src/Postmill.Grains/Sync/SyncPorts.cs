using Postmill.Grains.Accounts;
using Postmill.Grains.Acts;

namespace Postmill.Grains.Sync;

/// <summary>What every account's worker needs; one for the silo.</summary>
internal sealed record SyncPorts(
    IMailboxes Mailboxes,
    IAccountStore Accounts,
    ISyncStore Store,
    IGrainFactory Grains,
    SyncOptions Options,
    StartGates Gates,
    SyncMetrics Metrics,
    TimeProvider Time,
    Random Random,
    IActStore Acts);
