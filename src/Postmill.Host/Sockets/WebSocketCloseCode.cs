namespace Postmill.Host.Sockets;

/// <summary>Close codes, RFC 6455 section 7.4 and its IANA registry.</summary>
public static class WebSocketCloseCode
{
    /// <summary>The purpose is fulfilled.</summary>
    public const ushort Normal = 1000;
    /// <summary>Shutdown, or no pong.</summary>
    public const ushort GoingAway = 1001;
    /// <summary>A frame broke the protocol.</summary>
    public const ushort ProtocolError = 1002;
    /// <summary>A kind of data that is not taken, here binary.</summary>
    public const ushort UnsupportedData = 1003;

    /// <summary>Never on the wire: the peer's close frame carried no code.</summary>
    public const ushort NoStatus = 1005;

    /// <summary>Never on the wire: the transport ended without a close frame.</summary>
    public const ushort Abnormal = 1006;

    /// <summary>Text that is not UTF-8.</summary>
    public const ushort InvalidPayload = 1007;
    /// <summary>A rule of ours was broken, here the frame rate.</summary>
    public const ushort PolicyViolation = 1008;
    /// <summary>A message over the limit.</summary>
    public const ushort MessageTooBig = 1009;
    /// <summary>We failed.</summary>
    public const ushort InternalError = 1011;

    /// <summary>Whether the code may stand in a close frame: 1000–1003, 1007–1014, 3000–4999 (registered, libraries, applications).</summary>
    public static bool IsAllowedOnWire(int code) => code is >= 1000 and <= 1003 or >= 1007 and <= 1014 or >= 3000 and <= 4999;
}
