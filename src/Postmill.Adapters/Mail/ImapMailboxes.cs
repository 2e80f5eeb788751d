using Microsoft.Extensions.Logging;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;
using Postmill.Mail.Imap;
using Postmill.Mail.Net;

namespace Postmill.Adapters.Mail;

/// <summary>Opens IMAP connections: connect, log in, say who we are, switch QRESYNC on where it is announced.</summary>
internal sealed class ImapMailboxes(MailOptions options, TimeProvider time, ILogger<ImapMailbox> logger) : IMailboxes
{
    private readonly FolderTroubles _troubles = new(time);

    public async Task<IMailbox> OpenAsync(AccountSettings account, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await ConnectAsync(account, options.SyncTimeouts, cancellationToken);
            return new ImapMailbox(await LogInAsync(connection, account, cancellationToken), account.AccountId, options, _troubles, time, logger);
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
        var connection = await ImapConnection.ConnectAsync(Endpoints.Of(account.Imap), new ImapOptions { Transport = options.Transport(timeouts, time) }, cancellationToken);
        return await LogInAsync(connection, account, cancellationToken);
    }

    /// <exception cref="MailboxFaultException">The server said BYE instead of a greeting (RFC 9051 §7.1.5): it means whoever comes.</exception>
    private async Task<ImapConnection> ConnectAsync(AccountSettings account, MailTimeouts timeouts, CancellationToken cancellationToken)
    {
        try
        {
            return await ImapConnection.ConnectAsync(Endpoints.Of(account.Imap), new ImapOptions { Transport = options.Transport(timeouts, time) }, cancellationToken);
        }
        catch (MailServerException fault) when (fault is { Fault: MailFault.Disconnected, ServerText: not null })
        {
            throw MailFaults.ToSync(fault, isOfHost: true);
        }
    }

    private static async Task<ImapConnection> LogInAsync(ImapConnection connection, AccountSettings account, CancellationToken cancellationToken)
    {
        try
        {
            await connection.LoginAsync(new MailCredential(account.Username, account.Password), cancellationToken);
            await connection.IdAsync("Postmill", "0.1.0", cancellationToken);
            if (connection.Capabilities.QResync && !account.Broken.Contains(Capabilities.QResync)) await connection.EnableQResyncAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
