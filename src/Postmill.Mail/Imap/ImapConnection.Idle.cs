using MailKit;
using Postmill.Mail.Net;

namespace Postmill.Mail.Imap;

/// <summary>How an IDLE ended; the connection is usable after each of them.</summary>
public enum IdleOutcome
{
    /// <summary>The time to renew is over; idle again.</summary>
    RenewalDue,

    /// <summary>The listener said that it has seen enough.</summary>
    ListenerEnded,

    /// <summary>The caller's stop token fired.</summary>
    Stopped,

    /// <summary>The server ended it by itself. The mailbox must be selected before the next one, for MailKit takes it for idle still.</summary>
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
    /// Waits for news of the open mailbox. While it waits the connection holds no read buffer. The server has <see cref="MailTimeouts.Command"/>
    /// to agree to it, and <see cref="MailTimeouts.IdleDone"/> to end it from when it is to end, whether it has agreed or not; else <see cref="MailFault.TimedOut"/>.
    /// </summary>
    /// <param name="renewAfter">When to end it by ourselves: below 29 min (RFC 2177), for some providers 3 min or 55 s.</param>
    /// <param name="listener">Sees each event as it arrives, quickly; false ends the IDLE.</param>
    /// <param name="stop">Ends the IDLE politely; unlike other tokens it does not close the connection.</param>
    /// <param name="cancellationToken">Closes the connection, for a caller that cannot wait for a server that hangs.</param>
    public async Task<IdleOutcome> IdleAsync(TimeSpan renewAfter, Func<ImapEvent, bool> listener, CancellationToken stop, CancellationToken cancellationToken = default)
    {
        if (!Capabilities.Idle) return IdleOutcome.NotSupported;
        if (stop.IsCancellationRequested) return IdleOutcome.Stopped;
        using var ending = new IdleEnd(_guard);
        var unsolicited = _client.Heard;
        _client.Heard = happened =>
        {
            if (!listener(happened)) ending.End(IdleOutcome.ListenerEnded);
        };
        try
        {
            await using var timer = _options.Transport.Time.CreateTimer(_ => ending.End(IdleOutcome.RenewalDue), null, renewAfter, Timeout.InfiniteTimeSpan);
            await using var stopping = stop.UnsafeRegister(_ => ending.End(IdleOutcome.Stopped), null);
            var refused = await DoAsync(() => _client.IdleAsync(ending.Done, cancellationToken)).ConfigureAwait(false);
            return ending.Outcome ?? (refused is null ? IdleOutcome.ServerEnded : IdleOutcome.Refused);
        }
        finally
        {
            _client.Heard = unsolicited;
        }
    }

    /// <summary>The first reason to end counts. DONE is written on the thread that ends.</summary>
    private sealed class IdleEnd(ImapGuardedStream guard) : IDisposable
    {
        private readonly CancellationTokenSource _done = new();
        private int _outcome = -1;

        public CancellationToken Done => _done.Token;

        public IdleOutcome? Outcome => Volatile.Read(ref _outcome) is >= 0 and var outcome ? (IdleOutcome)outcome : null;

        public void End(IdleOutcome outcome)
        {
            if (Interlocked.CompareExchange(ref _outcome, (int)outcome, -1) != -1) return;
            _done.Cancel();
            guard.EndIdle();
        }

        public void Dispose() => _done.Dispose();
    }
}
