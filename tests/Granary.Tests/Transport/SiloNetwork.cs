using System.Net;
using System.Net.Sockets;

namespace Granary.Tests.Transport;

/// <summary>The network in front of a silo: it passes, it stalls as before a stopped process (takes connections, answers nothing, ends nothing), or it is cut.</summary>
internal sealed class SiloNetwork : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<TcpClient> _ends = [];
    private TaskCompletionSource _flow = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private Task _accepting;

    public SiloNetwork()
    {
        _flow.SetResult();
        _listener.Start();
        Address = (IPEndPoint)_listener.LocalEndpoint;
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>Where the silo seems to be.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Where it is.</summary>
    public IPEndPoint? Silo { get; set; }

    public void Stall() => _flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was held up arrives.</summary>
    public void Flow() => _flow.TrySetResult();

    /// <summary>Nobody is there any more; every connection is reset.</summary>
    public async Task CutAsync()
    {
        _listener.Stop();
        await _accepting;
        lock (_gate)
        {
            foreach (var end in _ends) end.Dispose();
            _ends.Clear();
        }
    }

    public void Mend()
    {
        _listener = new TcpListener(Address);
        _listener.Start();
        _accepting = AcceptAsync(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        await CutAsync();
        Flow();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true) _ = CarryAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            return;
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        var far = new TcpClient();
        lock (_gate) _ends.AddRange([near, far]);
        using (near)
        using (far)
        {
            try
            {
                await far.ConnectAsync(Silo!);
                await await Task.WhenAny(CarryAsync(near.GetStream(), far.GetStream()), CarryAsync(far.GetStream(), near.GetStream()));
            }
            catch (Exception ended) when (ended is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer) is var count and > 0)
        {
            await _flow.Task;
            await to.WriteAsync(buffer.AsMemory(0, count));
        }

        await _flow.Task;
    }
}
