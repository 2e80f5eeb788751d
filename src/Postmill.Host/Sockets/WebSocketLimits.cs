namespace Postmill.Host.Sockets;

/// <summary>Fixed bounds of the codec; what an installation may tune is in <see cref="WebSocketOptions"/>.</summary>
internal static class WebSocketLimits
{
    /// <summary>Bytes; RFC 6455 section 5.5.</summary>
    public const int ControlPayloadBytes = 125;

    /// <summary>Bytes of reason in a close frame: the control payload less the two bytes of the code.</summary>
    public const int CloseReasonBytes = ControlPayloadBytes - 2;

    /// <summary>Bytes: 2 + 8 (64-bit length) + 4 (mask).</summary>
    public const int ClientHeaderBytes = 14;

    /// <summary>Bytes: a server's frames carry no mask.</summary>
    public const int ServerHeaderBytes = 10;

    /// <summary>Bytes per read, rented only while data is there. Clients send pings and short commands.</summary>
    public const int ReadBufferBytes = 4 * 1024;

    /// <summary>Bytes: the first buffer of a message; it doubles as data really arrives, so that a claimed length costs nothing.</summary>
    public const int FirstMessageBufferBytes = 512;

    /// <summary>Bytes: queued messages are joined into writes of about this size (one TLS record is 16 KiB, four fit a socket's send buffer).</summary>
    public const int SendBatchBytes = 64 * 1024;

    /// <summary>
    /// How long a peer that is given up may keep us: to take the last close frame, and to read it before unread input would turn our
    /// TCP close into a reset that overtakes it. Short, because a vanished peer must be gone one second after its heartbeat failed.
    /// </summary>
    public static readonly TimeSpan LastWord = TimeSpan.FromSeconds(1);

    /// <summary>Bytes read and dropped during <see cref="LastWord"/>.</summary>
    public const int DrainBytes = 1024 * 1024;
}
