namespace Postmill.Domain.Hosts;

/// <summary>
/// A mail host over the whole cluster; the key is its name, see <see cref="MailHostGrains"/>. It lends out what all silos together may use of the host at once, and keeps what the host has taught
/// us. Silos ask beside their work and have a base of their own without asking; fronts wait for it.
/// </summary>
[Alias("mailhost")]
public interface IMailHostGrain : IGrainWithStringKey
{
    /// <summary>What the asking process may use until <see cref="HostShare.Term"/> has passed since it asked; then only its own base, see <see cref="HostLimits.Base"/>.</summary>
    [Alias("Lend")]
    Task<HostShare> Lend(HostDemand demand);

    /// <summary>The host has turned away whoever came, whatever the credentials; it is left alone for at least so long, at most <see cref="HostLimits.LongestWait"/>. Longer at each repetition.</summary>
    /// <param name="wait">From then on.</param>
    /// <param name="at">When it did so. What is told again, for its answer was lost, counts once.</param>
    [Alias("AskedToWait")]
    Task AskedToWait(TimeSpan wait, DateTimeOffset at);

    /// <summary>The host announced the capability and broke it. After some times it is not used there any more, see <see cref="HostLimits.LiesUntilBroken"/>.</summary>
    /// <param name="capability">As announced, for example QRESYNC.</param>
    /// <param name="at">When it did so. What is told again, for its answer was lost, counts once.</param>
    [Alias("Lied")]
    Task Lied(string capability, DateTimeOffset at);
}
