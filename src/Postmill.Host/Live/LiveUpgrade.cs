using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using Postmill.Host.Http;
using Postmill.Host.Sockets;

namespace Postmill.Host.Live;

/// <summary>From a request to the raw stream of a WebSocket: RFC 6455 over HTTP/1.1, RFC 8441 over HTTP/2.</summary>
internal static class LiveUpgrade
{
    /// <summary>Null, or the refusal of a request that cannot become a WebSocket.</summary>
    public static ApiError? Check(HttpContext http)
    {
        var headers = http.Request.Headers;
        var version = headers.SecWebSocketVersion.ToString();
        if (http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
            return connect.Protocol == "websocket" && version == WebSocketHandshake.Version ? null : Required(http);
        var fault = WebSocketHandshake.Check(
            http.Request.Method, headers.Connection.ToString(), headers.Upgrade.ToString(), version, headers.SecWebSocketKey.ToString());
        return fault switch
        {
            WebSocketHandshakeFault.None when http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } => null,
            WebSocketHandshakeFault.KeyInvalid => ApiErrors.Refused("bad_request", "Sec-WebSocket-Key must be 16 bytes in base64"),
            _ => Required(http),
        };
    }

    public static async Task<Stream> AcceptAsync(HttpContext http)
    {
        // A quiet socket is no slow download: its own heartbeat and send time decide.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } answer) answer.MinDataRate = null;
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } body) body.MinDataRate = null;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect) return await connect.AcceptAsync();
        var headers = http.Response.Headers;
        headers.Connection = HeaderNames.Upgrade;
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = WebSocketHandshake.Accept(http.Request.Headers.SecWebSocketKey);
        return await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    private static ApiError Required(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.Upgrade = "websocket";
        headers.Connection = HeaderNames.Upgrade;
        headers.SecWebSocketVersion = WebSocketHandshake.Version;
        return new ApiError(StatusCodes.Status426UpgradeRequired, "upgrade_required", "this address speaks WebSocket only");
    }
}
