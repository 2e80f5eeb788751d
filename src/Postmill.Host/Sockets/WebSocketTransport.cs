using System.Net.Sockets;

namespace Postmill.Host.Sockets;

/// <summary>What streams throw when the connection below is gone.</summary>
internal static class WebSocketTransport
{
    /// <summary>
    /// InvalidOperationException is among them: a pipe-backed stream (Kestrel's too) answers with it once its writer or reader was completed.
    /// </summary>
    public static bool IsFault(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;
}
