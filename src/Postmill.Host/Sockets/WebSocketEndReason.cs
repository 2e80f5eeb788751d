namespace Postmill.Host.Sockets;

/// <summary>What ended a connection.</summary>
public enum WebSocketEndReason
{
    /// <summary>The peer sent a close frame first.</summary>
    PeerClosed,

    /// <summary>We sent a close frame first, by <see cref="WebSocketConnection.CloseAsync"/> or <see cref="WebSocketConnection.StartCloseAsync"/>.</summary>
    LocalClosed,

    /// <summary>No pong in time; 1001 was sent if the peer still took it.</summary>
    HeartbeatTimeout,

    /// <summary>The peer broke RFC 6455 or a limit; the code says which: 1002, 1003, 1007, 1008, 1009.</summary>
    ProtocolError,

    /// <summary>The peer stopped reading for <see cref="WebSocketOptions.SendTimeout"/>.</summary>
    SendTimeout,

    /// <summary>The stream ended or failed without a close frame.</summary>
    TransportLost,

    /// <summary>The caller's token or <see cref="WebSocketConnection.DisposeAsync"/> ended it.</summary>
    Aborted,

    /// <summary>The caller's handler threw; 1011 was sent and the exception goes on to the caller.</summary>
    HandlerFailed,
}
