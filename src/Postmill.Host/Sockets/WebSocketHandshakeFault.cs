namespace Postmill.Host.Sockets;

/// <summary>Why a request cannot become a WebSocket, with the HTTP status that says so.</summary>
public enum WebSocketHandshakeFault
{
    /// <summary>The request may be upgraded.</summary>
    None,

    /// <summary>405.</summary>
    NotGet,

    /// <summary>426 with <c>Upgrade: websocket</c>.</summary>
    NotUpgrade,

    /// <summary>426 with <c>Sec-WebSocket-Version: 13</c>, RFC 6455 section 4.4.</summary>
    VersionNotSupported,

    /// <summary>400.</summary>
    KeyInvalid,
}
