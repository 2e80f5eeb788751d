using System.Collections.Concurrent;
using System.Globalization;
using Granary.Activations;
using Granary.Codec;
using Granary.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Granary.Calls;

/// <summary>The callers' side: makes references, isolates arguments, and keeps the deadline of every call.</summary>
internal sealed class GrainCalls(
    ICallRouter router,
    ICopierSource copiers,
    TimeProvider time,
    IOptions<SiloMessagingOptions> messaging,
    IOptions<GranaryOptions> options,
    ILogger<GrainCalls> logger)
{
    /// <summary>What a timer can wait; longer is meant as for ever.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(24);

    private readonly ConcurrentDictionary<Type, GrainInterface> _interfaces = new();

    public GranaryOptions Options => options.Value;

    public GrainInterface Interface(Type type) => _interfaces.GetOrAdd(type, static (t, source) => new GrainInterface(t, source), copiers);

    public GrainProxy Reference(Type type, GrainId id) => GrainProxy.Create(this, Interface(type), id);

    /// <summary>Runs a method call; what it returns is what the method returns to its caller.</summary>
    public object Invoke(GrainId target, GrainMethod method, object?[] arguments)
    {
        var token = method.CancellationIndex >= 0 && arguments[method.CancellationIndex] is CancellationToken given ? given : CancellationToken.None;
        var response = InvokeAsync(target, method, arguments, token);
        if (!method.OneWay) return method.Returns.ToCaller(response);
        _ = ObserveOneWayAsync(response, target, method);
        return method.Returns.ToCaller(Task.FromResult<object?>(null));
    }

    /// <summary>Sends one call of a stream and keeps its deadline.</summary>
    public Task<object?> SendAsync(GrainCallKind kind, GrainId target, GrainMethod method, object?[] arguments, Guid enumeration, StreamPlace place, CancellationToken token) =>
        AwaitAsync(Make(kind, target, method, arguments, enumeration, place, token), token);

    private async Task<object?> InvokeAsync(GrainId target, GrainMethod method, object?[] arguments, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        var call = Make(GrainCallKind.Invoke, target, method, method.Isolate(arguments), Guid.Empty, null, token);
        return await AwaitAsync(call, token).ConfigureAwait(false);
    }

    private GrainCall Make(GrainCallKind kind, GrainId target, GrainMethod method, object?[] arguments, Guid enumeration, StreamPlace? place, CancellationToken token)
    {
        var timeout = method.ResponseTimeout ?? messaging.Value.ResponseTimeout;
        if (timeout > LongestWait) timeout = LongestWait;
        return new GrainCall
        {
            Kind = kind,
            Target = target,
            Method = method,
            Arguments = arguments,
            EnumerationId = enumeration,
            Place = place,
            Timeout = timeout,
            ExpiresAt = time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency),
            FromGrain = CurrentGrain.Activation is not null,
            GivenUp = method.CancellationIndex >= 0 || token.CanBeCanceled ? new CancellationTokenSource() : null,
        };
    }

    private async Task<object?> AwaitAsync(GrainCall call, CancellationToken token)
    {
        GranaryMetrics.Calls.Add(1);
        var response = router.SendAsync(call);
        await ((Task)response.WaitAsync(call.Timeout, time, token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // An answer that came at the last moment counts; a grain may also answer with a timeout or a cancellation of its own.
        if (response.IsCompleted) return await response.ConfigureAwait(false);
        if (token.IsCancellationRequested)
        {
            GiveUp(call, response, cancel: true);
            throw new OperationCanceledException(token);
        }

        GranaryMetrics.Timeouts.Add(1);
        GiveUp(call, response, messaging.Value.CancelRequestOnTimeout);
        throw new TimeoutException(string.Create(
            CultureInfo.InvariantCulture,
            $"No answer to {call} within {call.Timeout}: the outcome is unknown, the call may still be running."));
    }

    private void GiveUp(GrainCall call, Task<object?> response, bool cancel)
    {
        if (cancel) call.GivenUp?.Cancel();
        _ = ObserveLateAsync(response, call);
    }

    /// <summary>The edge where a fault that nobody waits for any more is logged.</summary>
    private async Task ObserveLateAsync(Task<object?> response, GrainCall call)
    {
        await ((Task)response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (response.Exception is { InnerException: not OperationCanceledException } fault) logger.LateFault(fault.InnerException!, call.Method.ToString(), call.Target);
    }

    private async Task ObserveOneWayAsync(Task<object?> response, GrainId target, GrainMethod method)
    {
        await ((Task)response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (response.Exception is { } fault) logger.OneWayFault(fault.InnerException!, method.ToString(), target);
    }
}
