namespace Postmill.Host.Sockets;

/// <summary>The peer broke a rule; thrown by the decoder, folded into a close frame by the connection, never seen outside.</summary>
internal sealed class WebSocketProtocolException(ushort code, string reason) : Exception(reason)
{
    public ushort Code { get; } = code;
}
