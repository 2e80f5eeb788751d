using System.Globalization;
using System.Text;
using Granary.Activations;
using Granary.Calls;
using Granary.Cluster;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Granary.Transport;

/// <summary>The callee's side of a call between silos: reads it, runs it here, answers. Nothing runs before all of a call has arrived.</summary>
internal sealed class CallEndpoint(
    CallGuard guard,
    Refusals refusals,
    CallWire wire,
    AnswerWire answers,
    ActivationDirectory directory,
    ISiloIdentity identity,
    TimeProvider time,
    IOptions<GranaryOptions> silo,
    IOptions<TransportOptions> options,
    ILogger<CallEndpoint> logger)
{
    /// <summary>How much longer than its caller a call is waited for: the caller's own cancellation must come first, or it would not reach the grain.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private int _running;

    /// <summary>The edge where a caller that has gone in the middle ends its request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await AdmitAsync(http).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
            logger.CallerGone(fault);
            http.Abort();
        }
    }

    private async Task AdmitAsync(HttpContext http)
    {
        if (http.Request.Path != WireHeaders.Path || !HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (guard.Refusal(http.Request) is { } refusal)
        {
            await RefuseAsync(http, refusal.Status, refusal.Why).ConfigureAwait(false);
            return;
        }

        var running = Interlocked.Increment(ref _running);
        try
        {
            if (running <= options.Value.MaxConcurrentCalls) await RunAsync(http).ConfigureAwait(false);
            else await RefuseAsync(http, StatusCodes.Status429TooManyRequests, $"It runs {options.Value.MaxConcurrentCalls} calls of other silos.").ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task RunAsync(HttpContext http)
    {
        var body = new byte[(int)http.Request.ContentLength!];
        await http.Request.Body.ReadExactlyAsync(body, http.RequestAborted).ConfigureAwait(false);
        GrainCall call;
        try
        {
            call = wire.Read(body);
        }
        catch (SerializerException fault)
        {
            await AnswerAsync(http, answers.WriteFault(new OrleansMessageRejectionException($"The call has had no effect; {identity.Name} at {identity.Address}, version {silo.Value.Version}, could not read it: {fault.Message}"))).ConfigureAwait(false);
            return;
        }

        var response = directory.SendAsync(call);
        await ((Task)response.WaitAsync(call.Timeout + Grace, time, http.RequestAborted)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (response.IsCompleted)
        {
            await AnswerAsync(http, call, response).ConfigureAwait(false);
            return;
        }

        _ = ObserveLateAsync(call, response);
        if (http.RequestAborted.IsCancellationRequested) await call.GivenUp!.CancelAsync().ConfigureAwait(false);
        else await TextAsync(http, StatusCodes.Status504GatewayTimeout, "It goes on.").ConfigureAwait(false);
    }

    /// <summary>The edge where whatever became of the call becomes its answer.</summary>
    private async Task AnswerAsync(HttpContext http, GrainCall call, Task<object?> response)
    {
        byte[] bytes;
        try
        {
            bytes = answers.WriteResult(call.Method, await response.ConfigureAwait(false));
        }
        catch (NotHereException moved)
        {
            if (moved.Owner is { } owner) http.Response.Headers[WireHeaders.Owner] = owner;
            await TextAsync(http, StatusCodes.Status421MisdirectedRequest, moved.Message).ConfigureAwait(false);
            return;
        }
        catch (Exception fault)
        {
            bytes = answers.WriteFault(fault);
        }

        if (bytes.Length > options.Value.MaxMessageBytes)
            bytes = answers.WriteFault(new OrleansException(string.Create(CultureInfo.InvariantCulture, $"{call} has run, but its answer takes {bytes.Length} bytes; between silos it takes at most {options.Value.MaxMessageBytes}.")));
        await AnswerAsync(http, bytes).ConfigureAwait(false);
    }

    private async Task ObserveLateAsync(GrainCall call, Task<object?> response)
    {
        await ((Task)response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (response.Exception is { InnerException: not OperationCanceledException } fault) logger.LateFault(fault.InnerException!, call.Method.ToString(), call.Target);
    }

    private Task RefuseAsync(HttpContext http, int status, string why)
    {
        refusals.Note(status, http.Connection.RemoteIpAddress, guard.Claim(http.Request), why);
        return TextAsync(http, status, why);
    }

    private static async Task TextAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), http.RequestAborted).ConfigureAwait(false);
    }

    private static async Task AnswerAsync(HttpContext http, byte[] bytes)
    {
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted).ConfigureAwait(false);
    }
}
