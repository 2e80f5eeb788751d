using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;

namespace Postmill.Bench.Cluster;

/// <summary>Mailboxes that answer from memory, as late as a server in the same country would; nothing ever happens in them.</summary>
internal sealed class SimulatedMailboxes(TimeProvider time, Random random) : IMailboxes
{
    /// <summary>TCP, TLS and LOGIN.</summary>
    private const double LoginFirstMs = 20, LoginMostMs = 60;

    public async Task<IMailbox> OpenAsync(AccountSettings account, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(LoginFirstMs + ((LoginMostMs - LoginFirstMs) * random.NextDouble())), time, cancellationToken);
        return new SimulatedMailbox(time);
    }
}
