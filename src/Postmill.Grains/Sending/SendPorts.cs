using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Sending;

/// <summary>What every account's outbox worker needs; one for the silo.</summary>
internal sealed record SendPorts(
    ISmtpServers Servers, IAccountStore Accounts, IOutbox Outbox, SendOptions Options, StartGates Gates, SendMetrics Metrics, TimeProvider Time);
