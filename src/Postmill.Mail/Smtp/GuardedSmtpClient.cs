using MailKit.Net.Smtp;
using MailKit.Security;
using Postmill.Mail.Net;

namespace Postmill.Mail.Smtp;

/// <summary>
/// MailKit's client over the guard. MailKit takes the greeting, introduces us, reads what the server can do, logs in and asks; what was answered
/// is the guard's word, for MailKit keeps neither every code nor every line. Only <see cref="SmtpGuardedStream"/> is ever disposed: MailKit's
/// client does not bear that while a command is under way, and holds nothing else.
/// </summary>
internal sealed class GuardedSmtpClient : SmtpClient
{
    private readonly SmtpGuardedStream _guard;

    /// <param name="guard">A connection whose greeting MailKit has yet to read.</param>
    /// <param name="clientName">What we call ourselves.</param>
    public GuardedSmtpClient(SmtpGuardedStream guard, string clientName)
    {
        _guard = guard;
        LocalDomain = clientName;
    }

    /// <summary>Takes the greeting and says EHLO, or HELO to a server that knows no EHLO.</summary>
    public async Task<SmtpExtensions> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _guard.OpenAsync(this, cancellationToken).ConfigureAwait(false);
        }
        catch (SmtpCommandException)
        {
            throw RefusedOpening(_guard.LastReply!);
        }
        return new SmtpExtensions(Capabilities, AuthenticationMechanisms, MaxSize, _guard.LastReply!.Lines.Skip(1));
    }

    /// <summary>One line out, its reply in. After 421 the session is closed (RFC 5321 section 3.8).</summary>
    /// <exception cref="MailServerException">Disconnected, TimedOut, ProtocolError, LimitExceeded; the session is closed.</exception>
    public async Task<SmtpReply> AskAsync(string line, CancellationToken cancellationToken)
    {
        if (!IsConnected) throw Closed();
        await SendCommandAsync(line, cancellationToken).ConfigureAwait(false);
        var reply = _guard.LastReply!;
        if (reply.Code == SmtpReply.ServiceClosing) _guard.Abort();
        return reply;
    }

    /// <summary>Asks for something that is done or refused.</summary>
    /// <exception cref="MailServerException">CommandRefused; Disconnected on 421; and as <see cref="AskAsync"/>.</exception>
    public async Task DemandAsync(string command, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(command, cancellationToken).ConfigureAwait(false);
        if (reply.Code == SmtpReply.ServiceClosing) throw Left(reply);
        if (!reply.IsPositive) throw reply.Refusal(MailFault.CommandRefused, $"The server refused {command}");
    }

    /// <summary>Tries one mechanism once.</summary>
    /// <returns>The server's last word: 235, or another 2yz that careless servers say, lets us in.</returns>
    public async Task<SmtpReply> LogInAsync(SmtpSaslMechanism mechanism, CancellationToken cancellationToken)
    {
        if (!IsConnected) throw Closed();
        try
        {
            await AuthenticateAsync(mechanism, cancellationToken).ConfigureAwait(false);
        }
        catch (AuthenticationException)
        {
            // Its message repeats the server's words, and they may repeat the password.
        }
        catch (MailServerException)
        {
            // Also the mechanism's own, which leaves the exchange unfinished.
            _guard.Abort();
            throw;
        }
        var reply = _guard.LastReply!;
        if (reply.IsPositive && !mechanism.MaySucceed)
            throw _guard.Fail(MailFault.ProtocolError, "The server did not prove that it knows the password.");
        if (!reply.IsPositive && !reply.IsRefusal)
            throw _guard.Fail(MailFault.ProtocolError, $"The server answers the login with {reply.Code} {reply.Text}");
        if (reply.Code != SmtpReply.ServiceClosing) return reply;
        _guard.Abort();
        throw Left(reply);
    }

    private MailServerException RefusedOpening(SmtpReply reply)
    {
        if (reply.Code == SmtpReply.ServiceClosing) return Left(reply);
        if (_guard.LastVerb != SmtpVerb.Greeting) return reply.Refusal(MailFault.CommandRefused, "The server refused EHLO and HELO");
        return reply.IsRefusal
            ? reply.Refusal(MailFault.CommandRefused, "The server wants no session")
            : reply.Refusal(MailFault.ProtocolError, "The server's greeting is not one of SMTP");
    }

    private static MailServerException Left(SmtpReply goodbye) => goodbye.Refusal(MailFault.Disconnected, "The server ends the session");

    private static MailServerException Closed() => new(MailFault.Disconnected, "The connection is closed.");
}
