using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Postmill.Host.Live;

/// <summary>Section <c>Postmill:Live</c>: what the sockets of this silo may take, and how long they may take it.</summary>
internal sealed class LiveSettings
{
    [Description("WebSockets of this silo, about 20 KiB each; more are answered 503.")]
    [Range(1, 1_000_000)]
    public int MaxSockets { get; init; } = 20_000;

    [Description("WebSockets of one user on this silo; more are answered 429.")]
    [Range(1, 1_000_000)]
    public int MaxSocketsPerUser { get; init; } = 100;

    [Description("Frames that may wait for one WebSocket; a slower client is fed from the log instead.")]
    [Range(1, 100_000)]
    public int QueueFrames { get; init; } = 256;

    [Description("Events read at once from the log for a WebSocket that catches up.")]
    [Range(1, 10_000)]
    public int CatchUpPage { get; init; } = 256;

    [Description("WebSockets of this silo that read the log at the same time: what a mass reconnect may ask of PostgreSQL.")]
    [Range(1, 1_000)]
    public int CatchUpReaders { get; init; } = 8;

    [Description("Seconds within which the revocation of an API key closes its WebSockets; one query per silo in that time.")]
    [Range(0.05, 3_600)]
    public double KeyCheckSeconds { get; init; } = 10;

    [Description("Seconds between ping frames.")]
    [Range(0.05, 3_600)]
    public double PingSeconds { get; init; } = 30;

    [Description("Seconds a ping may stay unanswered before the WebSocket is closed with 1001.")]
    [Range(0.05, 3_600)]
    public double PongSeconds { get; init; } = 30;

    [Description("Seconds one send may wait for a client that does not read; then the WebSocket is dropped.")]
    [Range(0.05, 3_600)]
    public double SendSeconds { get; init; } = 10;

    [Description("Seconds a client has to answer the close frame.")]
    [Range(0.05, 5)]
    public double CloseSeconds { get; init; } = 3;

    public Sockets.WebSocketOptions Socket() => new()
    {
        PingInterval = TimeSpan.FromSeconds(PingSeconds),
        PongTimeout = TimeSpan.FromSeconds(PongSeconds),
        SendTimeout = TimeSpan.FromSeconds(SendSeconds),
        CloseTimeout = TimeSpan.FromSeconds(CloseSeconds),
    };
}
