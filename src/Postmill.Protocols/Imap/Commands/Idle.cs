using System.Text;
using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

/// <summary>How an IDLE ended; the connection is usable after each of them.</summary>
public enum IdleOutcome
{
    /// <summary>The time to renew is over; idle again.</summary>
    RenewalDue,

    /// <summary>The listener said that it has seen enough.</summary>
    ListenerEnded,

    /// <summary>The caller's stop token fired.</summary>
    Stopped,

    /// <summary>The server ended it by itself.</summary>
    ServerEnded,

    /// <summary>The server refused it (NO, BAD); poll instead.</summary>
    Refused,

    /// <summary>The server has no IDLE; nothing was sent.</summary>
    NotSupported,
}

// IDLE, RFC 2177.
public sealed partial class ImapConnection
{
    /// <summary>
    /// Waits for news. While it waits the connection holds no read buffer. After DONE the server has <see cref="ImapLimits.IdleDone"/> to end
    /// it, else <see cref="MailFault.TimedOut"/> (hard case 20).
    /// </summary>
    /// <param name="renewAfter">When to end it by ourselves: below 29 min (RFC 2177), for some providers 3 min or 55 s.</param>
    /// <param name="listener">Sees each event as it arrives, quickly; false ends the IDLE.</param>
    /// <param name="stop">Ends the IDLE politely; unlike other tokens it does not close the connection.</param>
    /// <param name="cancellationToken">Closes the connection, for a caller that cannot wait for a server that hangs.</param>
    public async Task<IdleOutcome> IdleAsync(TimeSpan renewAfter, Func<ImapEvent, bool> listener, CancellationToken stop, CancellationToken cancellationToken = default)
    {
        if (!Capabilities.Idle) return IdleOutcome.NotSupported;
        if (stop.IsCancellationRequested) return IdleOutcome.Stopped;
        var ending = new TaskCompletionSource<IdleOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        var command = Command("IDLE");
        try
        {
            return await ExclusiveAsync("IDLE", Timeouts.Command, async () =>
            {
                UntaggedHandler handler = (UntaggedHeader header, ref ImapTokenizer tokens, ImapStatusLine? status) =>
                {
                    if (ReadEvent(header, ref tokens, status) is { } happened && !listener(happened)) ending.TrySetResult(IdleOutcome.ListenerEnded);
                    return true;
                };
                await SendAsync(command, handler).ConfigureAwait(false);
                if (await AwaitContinuationAsync(command.Tag, handler).ConfigureAwait(false) is { } refused)
                    return refused.IsOk ? IdleOutcome.ServerEnded : IdleOutcome.Refused;

                await using var timer = _options.Transport.Time.CreateTimer(_ => ending.TrySetResult(IdleOutcome.RenewalDue), null, renewAfter, Timeout.InfiniteTimeSpan);
                await using var stopping = stop.UnsafeRegister(_ => ending.TrySetResult(IdleOutcome.Stopped), null);
                _transport.Input.ReleaseWhileWaiting = true;
                return await ListenAsync(command.Tag, handler, ending.Task).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _transport.Input.ReleaseWhileWaiting = false;
        }
    }

    private async Task<IdleOutcome> ListenAsync(string tag, UntaggedHandler handler, Task<IdleOutcome> ending)
    {
        _step.Restart(Timeout.InfiniteTimeSpan);
        var done = false;
        for (var count = 0; count < Limits.UntaggedResponses; count++)
        {
            var response = ReadResponseAsync(_shortAnswers).AsTask();
            if (!done && (ending.IsCompleted || await Task.WhenAny(response, ending).ConfigureAwait(false) != response))
            {
                done = true;
                _step.Restart(Limits.IdleDone);
                _options.Trace?.Invoke(new ImapTrace(true, "DONE"));
                // Together, so that the read is not left behind when the write fails.
                await Task.WhenAll(response, _transport.WriteAsync("DONE\r\n"u8.ToArray()).AsTask()).ConfigureAwait(false);
            }
            await response.ConfigureAwait(false);
            if (_response.Kind == ResponseKind.Untagged) TakeUntagged(handler);
            if (_response.Kind != ResponseKind.Tagged) continue;
            var status = TakeTagged(tag);
            if (done) return await ending.ConfigureAwait(false);
            return status.IsOk ? IdleOutcome.ServerEnded : IdleOutcome.Refused;
        }
        throw TooManyResponses(Limits.UntaggedResponses);
    }
}
