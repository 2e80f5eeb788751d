using Granary.Activations;
using Granary.Calls;
using Granary.Cluster;
using Granary.Metrics;
using Granary.Streams;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Granary.Transport;

/// <summary>
/// Runs a call on the silo its grain belongs to. Only what has had no effect is tried again, and only so often: the grain has moved, or the silo could not be reached.
/// </summary>
internal sealed class ClusterRouter(
    ActivationDirectory directory,
    IPlacement placement,
    ISiloWatch view,
    ISiloIdentity identity,
    SiloClient client,
    Outages outages,
    TimeProvider time,
    IOptions<TransportOptions> options,
    ILogger<ClusterRouter> logger) : ICallRouter
{
    public Task<object?> SendAsync(GrainCall call) => call.Kind is GrainCallKind.NextBatch or GrainCallKind.EndEnumeration ? FollowAsync(call) : RouteAsync(call);

    private async Task<object?> RouteAsync(GrainCall call)
    {
        string? hint = null;
        for (var attempt = 1; ; attempt++)
        {
            var silo = Where(call.Target, hint);
            if (call.Place is { } place) place.Silo = silo;
            var (answer, outcome) = silo is null ? await HereAsync(call).ConfigureAwait(false) : await ThereAsync(silo, call).ConfigureAwait(false);
            if (answer is null) return outcome;
            // A silo that runs grains waits for nobody; one that runs none may have come before the first that does.
            var hopeless = silo is null && placement.Elsewhere(call.Target) is null && (placement.RunsGrains || !identity.MayWork);
            if (hopeless || answer.Final || attempt >= options.Value.MaxAttempts || time.GetTimestamp() > call.ExpiresAt)
                throw new SiloUnavailableException($"{call} has had no effect, after {attempt} attempt{(attempt == 1 ? "" : "s")}: {answer.Why}", answer.Fault);
            logger.Retried(call.Method.ToString(), call.Target, attempt, answer.Why);
            GranaryMetrics.RemoteRetries.Add(1);
            await LookAgainAsync(options.Value.RetryAfter * (1 << (attempt - 1)), unreached: answer.Fault is not null).ConfigureAwait(false);
            hint = answer.Owner;
        }
    }

    /// <summary>The silo to try; null for this one. The hint counts only among silos that are known here: nobody else is shown the key.</summary>
    private SiloMember? Where(GrainId grain, string? hint)
    {
        var elsewhere = placement.Elsewhere(grain);
        if (elsewhere is null || directory.Has(grain)) return null;
        return hint is null ? elsewhere : view.Active.FirstOrDefault(s => s.Address == hint && s.RunsGrains && s.Incarnation != identity.Incarnation) ?? elsewhere;
    }

    private async Task<(RemoteAnswer? NoEffect, object? Outcome)> HereAsync(GrainCall call)
    {
        try
        {
            return (null, await directory.SendAsync(call).ConfigureAwait(false));
        }
        catch (NotHereException moved)
        {
            return (new RemoteAnswer(null, moved.Message, moved.Owner), null);
        }
    }

    private async Task<(RemoteAnswer? NoEffect, object? Outcome)> ThereAsync(SiloMember silo, GrainCall call)
    {
        if (outages.Refusal(silo) is { } why) return (new RemoteAnswer(null, why, Final: true), null);
        var began = time.GetTimestamp();
        try
        {
            var answer = await client.SendAsync(silo, call).ConfigureAwait(false);
            if (answer.Fault is null) outages.Reached(silo);
            else outages.Unreached(silo, began, answer.Why);
            return answer.Outcome is null ? (answer, null) : (null, await answer.Outcome.ConfigureAwait(false));
        }
        finally
        {
            GranaryMetrics.RemoteDuration.Record(time.GetElapsedTime(began).TotalSeconds);
        }
    }

    /// <summary>The rest of a stream is asked of the silo where it began, and of no other.</summary>
    private async Task<object?> FollowAsync(GrainCall call)
    {
        try
        {
            var (noEffect, outcome) = call.Place?.Silo is { } silo ? await ThereAsync(silo, call).ConfigureAwait(false) : await HereAsync(call).ConfigureAwait(false);
            return noEffect is null ? outcome : EnumerationBatch.Missing;
        }
        catch (TimeoutException fault) when (call.Kind == GrainCallKind.NextBatch)
        {
            throw new EnumerationAbortedException($"The stream of {call.Target} is broken: {fault.Message}", fault);
        }
    }

    private async Task LookAgainAsync(TimeSpan pause, bool unreached)
    {
        var looked = view.LookAgainAsync();
        // A fresh view helps at once who was sent to the wrong silo. One that could not be reached may be starting again.
        if (unreached) await Task.Delay(pause, time).ConfigureAwait(false);
        else await looked.WaitAsync(pause, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
