using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

// LOGOUT, RFC 9051 §6.1.3.
public sealed partial class ImapConnection
{
    /// <summary>Says goodbye, waits shortly for the answer (<see cref="MailTimeouts.Closing"/>) and closes. Whatever the server does, this succeeds.</summary>
    public async Task LogoutAsync(CancellationToken cancellationToken)
    {
        if (!IsUsable) return;
        try
        {
            var command = Command("LOGOUT");
            await ExclusiveAsync("LOGOUT", Timeouts.Closing, () => ExchangeAsync(command, null, _shortAnswers, Limits.UntaggedResponses), cancellationToken).ConfigureAwait(false);
        }
        catch (MailServerException)
        {
            // The session ends in any case; how the server takes it changes nothing.
        }
        finally
        {
            _transport.Abort();
        }
    }
}
