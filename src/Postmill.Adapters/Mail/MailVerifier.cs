using Postmill.Grains.Accounts;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;

namespace Postmill.Adapters.Mail;

/// <summary>Logs in to IMAP and SMTP side by side; each has the whole deadline.</summary>
internal sealed class MailVerifier(ImapMailboxes mailboxes, MailOptions options, TimeProvider time) : IMailVerifier
{
    public async Task<Verification> VerifyAsync(AccountSettings account, CancellationToken cancellationToken)
    {
        var imap = TryAsync(() => VerifyImapAsync(account, cancellationToken));
        var smtp = TryAsync(() => VerifySmtpAsync(account, cancellationToken));
        return new Verification(await imap, await smtp);
    }

    private async Task VerifyImapAsync(AccountSettings account, CancellationToken cancellationToken)
    {
        await using var connection = await mailboxes.LogInAsync(account, options.VerifyTimeouts, cancellationToken);
        await connection.LogoutAsync(cancellationToken);
    }

    private async Task VerifySmtpAsync(AccountSettings account, CancellationToken cancellationToken)
    {
        var smtp = new SmtpOptions { Transport = options.Transport(options.VerifyTimeouts, time) };
        await using var connection = await SmtpConnection.ConnectAsync(Endpoints.Of(account.Smtp), smtp, cancellationToken);
        await connection.AuthenticateAsync(new MailCredential(account.Username, account.Password), cancellationToken);
        await connection.QuitAsync(cancellationToken);
    }

    private static async Task<LoginFailure?> TryAsync(Func<Task> verify)
    {
        try
        {
            await verify();
            return null;
        }
        catch (MailServerException fault)
        {
            return MailFaults.ToLogin(fault);
        }
    }
}
