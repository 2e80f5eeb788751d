using Microsoft.Extensions.Logging;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;
using Postmill.Protocols.Imap;
using Postmill.Protocols.Net;

namespace Postmill.Adapters.Mail;

/// <summary>Opens IMAP connections: connect, log in, say who we are, switch QRESYNC on where it is announced.</summary>
internal sealed class ImapMailboxes(MailOptions options, TimeProvider time, ILogger<ImapMailbox> logger) : IMailboxes
{
    public async Task<IMailbox> OpenAsync(AccountSettings account, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await LogInAsync(account, options.SyncTimeouts, cancellationToken);
            return new ImapMailbox(connection, account.AccountId, options, time, logger);
        }
        catch (MailServerException fault)
        {
            throw MailFaults.ToSync(fault);
        }
    }

    /// <summary>A logged-in connection.</summary>
    /// <exception cref="MailServerException">What the wire said.</exception>
    public async Task<ImapConnection> LogInAsync(AccountSettings account, MailTimeouts timeouts, CancellationToken cancellationToken)
    {
        var endpoint = Endpoints.Of(account.Imap);
        var connection = await ImapConnection.ConnectAsync(endpoint, new ImapOptions { Transport = options.Transport(timeouts, time) }, cancellationToken);
        try
        {
            await connection.LoginAsync(new MailCredential(account.Username, account.Password), cancellationToken);
            if (connection.Capabilities.Id) await connection.IdAsync("Postmill", "0.1.0", cancellationToken);
            if (connection.Capabilities.QResync) await connection.EnableQResyncAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
