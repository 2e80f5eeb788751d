namespace Postmill.Host.Sockets;

/// <summary>What a server bounds on each connection. Every value has a default; <see cref="Validate"/> names the wrong one.</summary>
public sealed record WebSocketOptions
{
    /// <summary>All defaults.</summary>
    public static WebSocketOptions Default { get; } = new();

    /// <summary>Time between ping frames. 30 s keeps the usual 60 s idle timers of proxies from firing.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time from an unanswered ping to the close frame 1001. Any pong answers it.</summary>
    public TimeSpan PongTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of one text message from the client, over all its fragments; more is 1009.</summary>
    public int MaxMessageBytes { get; init; } = 64 * 1024;

    /// <summary>Frames per second a client may send for any length of time; more is 1008. A well-behaved one sends a few per minute.</summary>
    public int MaxFrameRate { get; init; } = 50;

    /// <summary>Frames a client may send at once before <see cref="MaxFrameRate"/> counts.</summary>
    public int MaxFrameBurst { get; init; } = 200;

    /// <summary>Time the peer has to answer our close frame with its own.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time one send may take, the wait for its turn included; then the connection is aborted. Bounds what a peer that stopped reading can hold.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range; the parameter name is the option's.</exception>
    public void Validate()
    {
        RequireDuration(PingInterval, nameof(PingInterval));
        RequireDuration(PongTimeout, nameof(PongTimeout));
        RequireDuration(CloseTimeout, nameof(CloseTimeout));
        RequireDuration(SendTimeout, nameof(SendTimeout));
        RequireCount(MaxMessageBytes, 16 * 1024 * 1024, nameof(MaxMessageBytes));
        RequireCount(MaxFrameRate, 1_000_000, nameof(MaxFrameRate));
        RequireCount(MaxFrameBurst, 1_000_000, nameof(MaxFrameBurst));
    }

    private static void RequireDuration(TimeSpan value, string name)
    {
        if (value < TimeSpan.FromMilliseconds(10) || value > TimeSpan.FromHours(1))
            throw new ArgumentOutOfRangeException(name, value, "must be between 10 ms and 1 h");
    }

    private static void RequireCount(int value, int most, string name)
    {
        if (value < 1 || value > most) throw new ArgumentOutOfRangeException(name, value, $"must be between 1 and {most}");
    }
}
