using System.Threading.Channels;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

/// <summary>Tells this silo's runner that there is something to make; rung twice is rung once. Other silos hear nothing: they look by themselves.</summary>
public sealed class ExportBell
{
    private readonly Channel<bool> _rung = Channel.CreateBounded<bool>(1);

    public void Ring() => _rung.Writer.TryWrite(true);

    public Task WaitAsync(CancellationToken cancellationToken) => _rung.Reader.ReadAsync(cancellationToken).AsTask();
}
