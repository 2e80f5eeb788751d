using Postmill.Host.Sockets;

namespace Postmill.Host.Live;

/// <summary>One socket's place among those of the silo, from before the upgrade to its end.</summary>
internal sealed class LiveSeat(Guid? userId, Action<LiveSeat> leave) : IDisposable
{
    private readonly Lock _gate = new();
    private WebSocketConnection? _connection;
    private (ushort Code, string Reason)? _close;

    public Guid? UserId => userId;

    public void Seat(WebSocketConnection connection)
    {
        (ushort Code, string Reason)? close;
        lock (_gate)
        {
            _connection = connection;
            close = _close;
        }
        if (close is { } early) Start(connection, early.Code, early.Reason);
    }

    /// <summary>Begins to close with this code, also when the upgrade is still going on. The first code wins.</summary>
    public void Close(ushort code, string reason)
    {
        WebSocketConnection? connection;
        lock (_gate)
        {
            _close ??= (code, reason);
            connection = _connection;
        }
        if (connection is not null) Start(connection, code, reason);
    }

    public void Dispose() => leave(this);

    // Nobody waits: the end shows in the connection's own run.
    private static void Start(WebSocketConnection connection, ushort code, string reason) => _ = connection.StartCloseAsync(code, reason).AsTask();
}
