using System.Security.Cryptography;
using System.Text;

namespace Postmill.Host.Sockets;

/// <summary>The server's half of the opening handshake, RFC 6455 section 4.2. Reads header values, writes none.</summary>
public static class WebSocketHandshake
{
    /// <summary>The one version there is; it is also the value of the header that goes with 426.</summary>
    public const string Version = "13";

    private const int KeyBytes = 16;
    private const int KeyCharacters = 24;

    /// <summary>The value of <c>Sec-WebSocket-Accept</c>, or null when the key is not the base64 form of 16 bytes (two joined keys are not).</summary>
    public static string? Accept(string? key)
    {
        if (!IsKey(key)) return null;
#pragma warning disable CA5350 // RFC 6455 names SHA-1; nothing here depends on its strength.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }

    /// <summary>Checks an HTTP/1.1 request that asks for a WebSocket, in the order of section 4.2.1; <see cref="WebSocketHandshakeFault.None"/> means upgrade.</summary>
    /// <param name="method">The request method.</param>
    /// <param name="connection">All values of <c>Connection</c> joined by commas.</param>
    /// <param name="upgrade">All values of <c>Upgrade</c> joined by commas.</param>
    /// <param name="version"><c>Sec-WebSocket-Version</c>.</param>
    /// <param name="key"><c>Sec-WebSocket-Key</c>.</param>
    public static WebSocketHandshakeFault Check(string? method, string? connection, string? upgrade, string? version, string? key)
    {
        if (method != "GET") return WebSocketHandshakeFault.NotGet;
        if (!HasToken(connection, "Upgrade") || !HasToken(upgrade, "websocket")) return WebSocketHandshakeFault.NotUpgrade;
        if (version?.Trim() != Version) return WebSocketHandshakeFault.VersionNotSupported;
        return IsKey(key) ? WebSocketHandshakeFault.None : WebSocketHandshakeFault.KeyInvalid;
    }

    private static bool IsKey(string? key)
    {
        Span<byte> nonce = stackalloc byte[KeyBytes];
        return key is { Length: KeyCharacters } && Convert.TryFromBase64String(key, nonce, out var count) && count == KeyBytes;
    }

    private static bool HasToken(string? list, string token) =>
        list is not null && list.Split(',', StringSplitOptions.TrimEntries).Contains(token, StringComparer.OrdinalIgnoreCase);
}
