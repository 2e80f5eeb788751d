using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Postmill.Mail.Net;

/// <summary>
/// One connection to a mail server: TCP, TLS, waiting limits. After any fault, and after a cancellation, it is closed and stays closed,
/// because the position in the protocol is lost. One reader and one writer at a time.
/// </summary>
public sealed class MailTransport : IAsyncDisposable
{
    private readonly MailClock _clock;
    private readonly Socket? _socket;
    private Stream _stream;
    private int _closed;

    internal MailTransport(Stream stream, Socket? socket, MailClock clock, MailTransportOptions options)
    {
        _stream = stream;
        _socket = socket;
        _clock = clock;
        Options = options;
        Input = new MailInput(this, stream);
    }

    /// <summary>What it was connected with.</summary>
    public MailTransportOptions Options { get; }

    /// <summary>The server's bytes.</summary>
    public MailInput Input { get; }

    /// <summary>Whether TLS protects the connection.</summary>
    public bool IsSecure => _stream is SslStream;

    /// <summary>Whether the connection is closed, by us or because of a fault.</summary>
    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>The address that accepted the connection; null when there is no socket below.</summary>
    public IPEndPoint? RemoteAddress { get; internal init; }

    /// <summary>Whether the system probes a silent peer (TCP keep-alive), so that a vanished one is noticed within 2 minutes.</summary>
    public bool KeepsAlive => _socket?.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive) is int on && on != 0;

    internal CancellationToken StepToken => _clock.Token;

    /// <summary>Resolves, checks every address against the policy, connects, and with <see cref="TlsMode.Implicit"/> shakes hands.</summary>
    /// <exception cref="MailServerException">Unreachable, AddressRefused, PlaintextRefused, TlsFailed, TimedOut.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static Task<MailTransport> ConnectAsync(MailEndpoint endpoint, MailTransportOptions options, CancellationToken cancellationToken)
        => MailConnector.ConnectAsync(endpoint, options, cancellationToken);

    /// <summary>Begins a step with its own waiting budget. Reads and writes belong to the latest step; steps do not nest.</summary>
    /// <param name="name">What is waited for, for the message of a timeout.</param>
    /// <param name="limit">Waiting budget; <see cref="Timeout.InfiniteTimeSpan"/> = none.</param>
    /// <param name="cancellationToken">Cancelling it closes the connection.</param>
    public MailStep BeginStep(string name, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (IsClosed) throw new MailServerException(MailFault.Disconnected, "The connection is closed.");
        _clock.Begin(name, limit, cancellationToken);
        return new MailStep(_clock);
    }

    /// <summary>Ends the total limit (<see cref="MailTimeouts.Total"/>): the connection was checked and now lives on.</summary>
    public void LiftTotal() => _clock.LiftTotal();

    /// <summary>Reads what is there, at least one octet unless <paramref name="into"/> is empty; 0 at the end.</summary>
    internal ValueTask<int> ReadAsync(Memory<byte> into)
    {
        try
        {
            return WaitAsync(_stream.ReadAsync(into, StepToken));
        }
        catch (Exception e) when (IsNetworkFault(e))
        {
            // A closed stream throws before it returns a task.
            throw Fold(e);
        }
    }

    /// <summary>Writes and flushes.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        ValueTask write;
        try
        {
            write = _stream.WriteAsync(bytes, StepToken);
        }
        catch (Exception e) when (IsNetworkFault(e))
        {
            // A closed stream throws before it returns a task.
            throw Fold(e);
        }
        await WaitAsync(write).ConfigureAwait(false);
        var flush = _stream.FlushAsync(StepToken);
        if (!flush.IsCompletedSuccessfully) await WaitAsync(new ValueTask(flush)).ConfigureAwait(false);
    }

    /// <summary>
    /// Shakes hands after the server agreed to STARTTLS. Refuses when the server (or someone in between) sent anything before the
    /// handshake: such bytes would be taken for protected ones (RFC 3207 §6, CVE-2011-0411).
    /// </summary>
    /// <param name="host">The name the certificate must be for.</param>
    /// <param name="cancellationToken">Cancelling it closes the connection.</param>
    public async Task StartTlsAsync(string host, CancellationToken cancellationToken)
    {
        if (Input.Buffered > 0) throw Fail(MailFault.ProtocolError, "The server sent data between its answer to STARTTLS and the handshake.");
        Input.Release();
        using var step = BeginStep("TLS handshake", Options.Timeouts.Tls, cancellationToken);
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        try
        {
            var authentication = MailTls.ClientOptions(host, Options.TrustedCertificates, out var reason);
            try
            {
                await WaitAsync(new ValueTask(tls.AuthenticateAsClientAsync(authentication, StepToken))).ConfigureAwait(false);
            }
            catch (AuthenticationException e)
            {
                throw Fail(MailFault.TlsFailed, $"The TLS handshake failed: {reason.Value ?? e.Message}", e);
            }
            _stream = tls;
            Input.Switch(tls);
            tls = null;
        }
        finally
        {
            if (tls is not null) await tls.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes the socket at once, without goodbye; waiting reads and writes end with a fault. Callable from any thread.</summary>
    public void Abort()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        _socket?.Dispose();
        _stream.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    /// <summary>Aborts, and gives the timer back.</summary>
    internal void Close()
    {
        Abort();
        _clock.Dispose();
    }

    /// <summary>Closes the connection and makes the exception to throw for a broken limit.</summary>
    internal MailServerException Exceeded(MailLimit limit, string message)
    {
        Abort();
        return new MailServerException(MailFault.LimitExceeded, message) { Limit = limit };
    }

    /// <summary>Closes the connection and makes the exception to throw.</summary>
    internal MailServerException Fail(MailFault fault, string message, Exception? inner = null)
    {
        Abort();
        return new MailServerException(fault, message, null, inner);
    }

    /// <summary>Counts a wait against the step's budget and folds what the platform throws.</summary>
    internal async ValueTask<int> WaitAsync(ValueTask<int> operation)
    {
        if (operation.IsCompletedSuccessfully) return operation.Result;
        var bytes = 0;
        _clock.EnterWait();
        try
        {
            return bytes = await operation.ConfigureAwait(false);
        }
        catch (Exception e) when (IsNetworkFault(e))
        {
            throw Fold(e);
        }
        finally
        {
            _clock.LeaveWait(bytes);
        }
    }

    internal async ValueTask WaitAsync(ValueTask operation)
    {
        if (operation.IsCompletedSuccessfully) return;
        _clock.EnterWait();
        try
        {
            await operation.ConfigureAwait(false);
        }
        catch (Exception e) when (IsNetworkFault(e))
        {
            throw Fold(e);
        }
        finally
        {
            _clock.LeaveWait(0);
        }
    }

    internal static bool IsNetworkFault(Exception e) => e is IOException or SocketException or ObjectDisposedException or OperationCanceledException;

    private Exception Fold(Exception e)
    {
        var caller = _clock.Caller;
        if (caller.IsCancellationRequested)
        {
            Abort();
            return new OperationCanceledException("The mail operation was cancelled.", e, caller);
        }
        return StepToken.IsCancellationRequested
            ? Fail(MailFault.TimedOut, $"The server did not answer in time ({_clock.Step}).", e)
            : Fail(MailFault.Disconnected, $"The connection was lost ({_clock.Step}).", e);
    }
}
