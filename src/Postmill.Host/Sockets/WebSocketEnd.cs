namespace Postmill.Host.Sockets;

/// <summary>How a connection ended.</summary>
/// <param name="Reason">Who or what ended it.</param>
/// <param name="Code">
/// The code of the close frame that counted: the peer's for <see cref="WebSocketEndReason.PeerClosed"/> (1005 when it gave none), ours
/// otherwise; 1006 when there was none.
/// </param>
/// <param name="Text">The reason that stood beside the code, or a short one for the log; at most 123 bytes of UTF-8 when it is the peer's, and then not to be trusted.</param>
/// <param name="Clean">
/// Our close frame was sent and the peer took its leave, by a close frame or by ending the stream. When false, abort the connection below:
/// bytes of ours may be stuck in it.
/// </param>
public sealed record WebSocketEnd(WebSocketEndReason Reason, ushort Code, string Text, bool Clean);
