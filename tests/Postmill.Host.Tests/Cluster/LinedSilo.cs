using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Cluster;

/// <summary>A silo that others reach over lines of the test's.</summary>
internal sealed record LinedSilo(HostFixture Host, TcpProxy ToSilo, TcpProxy ToGateway) : IAsyncDisposable
{
    /// <summary>From now on nobody reaches it; it still reaches the others.</summary>
    public void Cut()
    {
        ToSilo.Cut();
        ToGateway.Cut();
    }

    public void Mend()
    {
        ToSilo.Mend();
        ToGateway.Mend();
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await ToSilo.DisposeAsync();
        await ToGateway.DisposeAsync();
    }
}
