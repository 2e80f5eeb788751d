using Postmill.Protocols.Net;

namespace Postmill.Protocols.Smtp;

/// <summary>Checks credentials for sending: a whole session that sends nothing.</summary>
public static class SmtpLogin
{
    /// <summary>Connects, logs in, says goodbye. Returning means that the credentials are good.</summary>
    /// <param name="endpoint">The submission server.</param>
    /// <param name="credential">Who and what; never in an exception.</param>
    /// <param name="options">Use <see cref="MailTimeouts.Verification"/> when a person waits.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="MailServerException">As <see cref="SmtpConnection.ConnectAsync"/> and <see cref="SmtpConnection.AuthenticateAsync"/>.</exception>
    public static async Task VerifyAsync(MailEndpoint endpoint, MailCredential credential, SmtpOptions options, CancellationToken ct)
    {
        await using var connection = await SmtpConnection.ConnectAsync(endpoint, options, ct).ConfigureAwait(false);
        await connection.AuthenticateAsync(credential, ct).ConfigureAwait(false);
        await connection.QuitAsync(ct).ConfigureAwait(false);
    }
}
