namespace Postmill.Host.Sockets;

/// <summary>A send on a connection that ended, is closing, or ended because of this very send. The message was not, or not wholly, delivered.</summary>
public sealed class WebSocketEndedException : IOException
{
    /// <summary>With the usual message.</summary>
    public WebSocketEndedException() : this("The WebSocket connection has ended.") { }

    /// <summary>With a message of its own.</summary>
    public WebSocketEndedException(string message) : base(message) { }

    /// <summary>With what the stream threw.</summary>
    public WebSocketEndedException(string message, Exception innerException) : base(message, innerException) { }
}
