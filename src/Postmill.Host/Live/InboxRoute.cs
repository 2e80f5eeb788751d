using System.Globalization;
using Postmill.Domain.Access;
using Postmill.Grains.Feed;
using Postmill.Host.Access;
using Postmill.Host.Http;
using Postmill.Host.Http.Rates;
using Postmill.Host.Sockets;

namespace Postmill.Host.Live;

/// <summary>
/// <c>GET /mail/ws/inbox</c>. What is wrong with the request is answered over HTTP before the upgrade; a bad key is accepted and then closed with
/// 4401, one that may not hear the whole inbox (no scope <c>read</c>, or bound to one account) with 4403, so that browsers, which see no HTTP status, can tell.
/// </summary>
internal sealed class InboxRoute(
    IApiKeys keys, RateLimits rates, IFeedLog log, FeedTails tails, LiveSockets sockets, KeyWatch watch, LiveSettings settings, LiveMetrics metrics, TimeProvider time)
{
    private const ushort Unauthorized = 4401;
    private const ushort Forbidden = 4403;
    private static readonly TimeSpan FullRetry = TimeSpan.FromSeconds(30);

    public async Task<IResult> ServeAsync(HttpContext http)
    {
        if (LiveUpgrade.Check(http) is { } notSocket) return Refuse(notSocket);
        var presented = PresentedKey.ForSocket(http.Request);
        if (presented is null && ForeignSession.IsBehind(http.Request))
            return Refuse(ApiErrors.Forbidden("foreign_origin", "a page of another site cannot open this socket with a session"));
        if (!TryReadAfter(http.Request, out var after)) return Refuse(ApiErrors.BadRequest("after", "must be the seq of an event, 0 or more"));

        var key = presented is null ? null : await keys.AuthenticateAsync(presented, http.RequestAborted);
        if ((key is null ? rates.CountAddress(http) : rates.CountKey(http, key.KeyId)) is { } tooMany) return Refuse(tooMany);
        var (seat, refusal) = sockets.Take(key?.UserId);
        if (seat is null) return Refuse(Refusal(refusal));
        using (seat)
        {
            if (key is null) await TurnAwayAsync(http, seat, Unauthorized, "missing or invalid API key");
            else if (!key.Has(ApiKeyScopes.Read)) await TurnAwayAsync(http, seat, Forbidden, "the API key lacks the scope read");
            else if (key.AllowedAccountId is not null) await TurnAwayAsync(http, seat, Forbidden, "the API key is bound to one account");
            else await ServeInboxAsync(http, seat, key, after);
        }
        return Results.Empty;
    }

    private async Task ServeInboxAsync(HttpContext http, LiveSeat seat, ApiKeyIdentity key, long? after)
    {
        var where = await log.WhereAsync(key.UserId, http.RequestAborted);
        var lost = after < where.Floor || after > where.Last;
        using var reader = tails.Open(key.UserId, lost ? where.Last : after ?? where.Last, where.Last);
        await using var connection = await ConnectAsync(http, seat);
        using var watched = watch.Watch(key.KeyId, key.ExpiresAt, () => seat.Close(Unauthorized, "the API key no longer holds"));
        var socket = new InboxSocket(connection, reader, sequenced: after is not null, metrics, time);
        await FinishAsync(http, socket.RunAsync(lost ? where.Last : null, http.RequestAborted));
    }

    private async Task TurnAwayAsync(HttpContext http, LiveSeat seat, ushort code, string reason)
    {
        await using var connection = await ConnectAsync(http, seat);
        seat.Close(code, reason);
        await FinishAsync(http, connection.RunAsync(static _ => ValueTask.CompletedTask, http.RequestAborted));
    }

    private async Task<WebSocketConnection> ConnectAsync(HttpContext http, LiveSeat seat)
    {
        var connection = new WebSocketConnection(await LiveUpgrade.AcceptAsync(http), settings.Socket(), time);
        seat.Seat(connection);
        return connection;
    }

    private async Task FinishAsync(HttpContext http, Task<WebSocketEnd> run)
    {
        metrics.Opened();
        WebSocketEnd? end = null;
        try
        {
            end = await run;
        }
        finally
        {
            metrics.Ended(end?.Reason.ToString() ?? "Failed", end?.Code ?? WebSocketCloseCode.Abnormal);
            if (end is not { Clean: true }) http.Abort();
        }
    }

    private ApiError Refuse(ApiError error)
    {
        metrics.Refused(error.Code);
        return error;
    }

    private static ApiError Refusal(LiveRefusal refusal) => refusal switch
    {
        LiveRefusal.UserFull => ApiErrors.TooMany(FullRetry, "this user has too many sockets open", "too_many_sockets"),
        LiveRefusal.SiloFull => new ApiError(StatusCodes.Status503ServiceUnavailable, "too_many_sockets", "this node has no room for another socket") { RetryAfter = FullRetry },
        _ => ApiErrors.Draining(),
    };

    private static bool TryReadAfter(HttpRequest request, out long? after)
    {
        after = null;
        if (!request.Query.TryGetValue("after", out var given)) return true;
        if (!long.TryParse(given.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var seq)) return false;
        after = seq;
        return true;
    }
}
