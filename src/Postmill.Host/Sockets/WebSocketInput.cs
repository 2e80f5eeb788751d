namespace Postmill.Host.Sockets;

/// <summary>What one whole client frame amounted to.</summary>
/// <param name="Kind">Text is a whole message; a fragment that does not end one is <see cref="WebSocketInputKind.Fragment"/>.</param>
/// <param name="Payload">Unmasked, for close without the code. Valid until the decoder is called again.</param>
/// <param name="CloseCode">Only for close: 1005 when the frame had none.</param>
internal readonly record struct WebSocketInput(WebSocketInputKind Kind, ReadOnlyMemory<byte> Payload, ushort CloseCode = 0);

internal enum WebSocketInputKind
{
    Fragment,
    Text,
    Ping,
    Pong,
    Close,
}
