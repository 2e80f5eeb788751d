using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Postmill.Client;
using Postmill.Domain;

namespace Postmill.Host.Cli;

/// <summary><c>postmill tail</c>: the live feed. It needs an API key and makes one of its own for as long as it runs, unless <c>--token</c> is one.</summary>
internal static class TailCommand
{
    private const int KeyNoLongerHolds = 4401;

    public static Command Create(ServiceOptions service)
    {
        var after = new Option<long?>("--after") { Description = "Begin after this event (0: all that the service still has). Default: from now on." };
        var tail = service.AddTo(new Command("tail", $"Follow what happens, until interrupted. A lost connection is opened again; no event is lost or shown twice.\n{ServiceOptions.Codes}") { after });
        service.Run(tail, async (session, line, cancellationToken) =>
        {
            if (line.GetValue(after) < 0) throw new CommandException("--after must be 0 or more");
            try
            {
                var place = new Place { Seq = line.GetValue(after) };
                if (session.Options.ApiKey is not null) await FollowAsync(session, session.Options, place, cancellationToken);
                else await FollowWithOwnKeysAsync(session, place, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return ExitCodes.Done; // this is how it ends
            }
            return ExitCodes.Done;
        });
        return tail;
    }

    private static async Task FollowWithOwnKeysAsync(ServiceSession session, Place place, CancellationToken cancellationToken)
    {
        var again = true;
        while (again) again = await FollowWithOwnKeyAsync(session, place, cancellationToken);
    }

    /// <summary>True when the key has come to its time and the tail has not.</summary>
    private static async Task<bool> FollowWithOwnKeyAsync(ServiceSession session, Place place, CancellationToken cancellationToken)
    {
        var clock = session.Terminal.Clock;
        var ends = clock.GetUtcNow().AddHours(CommandLimits.TailKeyHours);
        var key = await session.Client.Keys.CreateAsync(new NewApiKey("postmill tail", ["read"], ExpiresAt: ends), cancellationToken: cancellationToken);
        try
        {
            await FollowAsync(session, session.Options with { ApiKey = key.Key }, place, cancellationToken);
            return false;
        }
        catch (PostmillException e) when (e.CloseCode == KeyNoLongerHolds && clock.GetUtcNow() >= ends)
        {
            return true;
        }
        finally
        {
            await RevokeAsync(session, key);
        }
    }

    private static async Task FollowAsync(ServiceSession session, PostmillClientOptions options, Place place, CancellationToken cancellationToken)
    {
        var error = session.Terminal.Error;
        var told = options with
        {
            LiveInterrupted = i => error.WriteLine(Terminal.Plain(string.Create(CultureInfo.InvariantCulture, $"postmill: {i.Reason}; again in {i.Wait.TotalSeconds:0.0} s"))),
        };
        await foreach (var next in session.With(told).Live.FollowAsync(place.Seq, cancellationToken))
        {
            await session.Terminal.Out.WriteLineAsync(session.Json ? Json(next) : Terminal.Plain(Text(next)));
            await session.Terminal.Out.FlushAsync(cancellationToken);
            place.Seq = next.Seq;
        }
    }

    private static string Text(LiveEvent next) => next switch
    {
        EmailReceived mail => $"{WireTime.Format(mail.ReceivedAt)}  {Terminal.Plain(mail.From, CommandLimits.ShownName)}  {mail.Subject}",
        ResyncRequired => "events were lost: what is not shown here is in postmill emails list",
        OtherEvent other => $"{other.Type}  {other.Json.GetRawText()}",
        _ => next.Type,
    };

    private static string Json(LiveEvent next) => next switch
    {
        OtherEvent other => JsonSerializer.Serialize(other.Json),
        EmailReceived mail => new JsonObject
        {
            ["type"] = mail.Type,
            ["from"] = mail.From,
            ["subject"] = mail.Subject,
            ["receivedAt"] = WireTime.Format(mail.ReceivedAt),
            ["seq"] = mail.Seq,
        }.ToJsonString(),
        _ => new JsonObject { ["type"] = next.Type, ["seq"] = next.Seq }.ToJsonString(),
    };

    // The caller may have had enough already; the key still goes.
    private static async Task RevokeAsync(ServiceSession session, ApiKey key)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(CommandLimits.FarewellSeconds), session.Terminal.Clock);
        try
        {
            await session.Client.Keys.RevokeAsync(key.Id, patience.Token);
        }
        catch (Exception e) when (e is PostmillException or OperationCanceledException)
        {
            await session.Terminal.Error.WriteLineAsync(Terminal.Plain($"postmill: the key {key.Prefix}… of this tail could not be revoked and ends by itself ({e.Message})"));
        }
    }

    private sealed class Place
    {
        public long? Seq { get; set; }
    }
}
