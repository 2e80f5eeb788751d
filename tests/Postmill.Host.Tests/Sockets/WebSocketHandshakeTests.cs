using Postmill.Host.Sockets;

namespace Postmill.Host.Tests.Sockets;

public sealed class WebSocketHandshakeTests
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    [Fact]
    public void Example_of_the_rfc_gives_its_accept_value() => Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", WebSocketHandshake.Accept(Key));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==,dGhlIHNhbXBsZSBub25jZQ==")]
    [InlineData("dGhlIHNhbXBsZSBub25jZSEh")]
    [InlineData("dGhlIHNhbXBsZSBub25 ZQ==")]
    [InlineData("dGhlIHNhbXBsZSBub25\u00e9ZQ==")]
    public void Key_that_is_not_sixteen_bytes_has_no_accept_value(string? key) => Assert.Null(WebSocketHandshake.Accept(key));

    [Theory]
    [InlineData("GET", "Upgrade", "websocket", "13", Key, WebSocketHandshakeFault.None)]
    [InlineData("GET", "keep-alive, upgrade", "WebSocket", " 13", Key, WebSocketHandshakeFault.None)]
    [InlineData("POST", "Upgrade", "websocket", "13", Key, WebSocketHandshakeFault.NotGet)]
    [InlineData("GET", "keep-alive", "websocket", "13", Key, WebSocketHandshakeFault.NotUpgrade)]
    [InlineData("GET", "Upgrade", "h2c", "13", Key, WebSocketHandshakeFault.NotUpgrade)]
    [InlineData("GET", null, null, "13", Key, WebSocketHandshakeFault.NotUpgrade)]
    [InlineData("GET", "Upgrade", "websocket", "8", Key, WebSocketHandshakeFault.VersionNotSupported)]
    [InlineData("GET", "Upgrade", "websocket", null, Key, WebSocketHandshakeFault.VersionNotSupported)]
    [InlineData("GET", "Upgrade", "websocket", "13", "x", WebSocketHandshakeFault.KeyInvalid)]
    public void Request_is_checked_in_the_order_of_the_rfc(string method, string? connection, string? upgrade, string? version, string key, WebSocketHandshakeFault expected)
        => Assert.Equal(expected, WebSocketHandshake.Check(method, connection, upgrade, version, key));
}
