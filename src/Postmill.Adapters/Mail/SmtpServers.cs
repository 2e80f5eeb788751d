using Npgsql;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sending;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;

namespace Postmill.Adapters.Mail;

/// <summary>Opens SMTP sessions over the protocol's client.</summary>
internal sealed class SmtpServers(MailOptions options, SendOptions sending, NpgsqlDataSource database, TimeProvider time) : ISmtpServers
{
    public async Task<ISmtpSession> OpenAsync(AccountSettings account, CancellationToken cancellationToken)
    {
        SmtpConnection? opening = null;
        try
        {
            var timeouts = options.SyncTimeouts with { DataEnd = TimeSpan.FromSeconds(sending.AcceptSeconds) };
            opening = await SmtpConnection.ConnectAsync(Endpoints.Of(account.Smtp), new SmtpOptions { Transport = options.Transport(timeouts, time) }, cancellationToken);
            await opening.AuthenticateAsync(new MailCredential(account.Username, account.Password), cancellationToken);
            var opened = opening;
            opening = null;
            return new SmtpSession(opened, database);
        }
        catch (MailServerException fault)
        {
            // 421 before we could say who we are means whoever comes (RFC 5321 §3.8).
            throw new SendFaultException(SmtpMeanings.OfOpening(fault), fault) { IsOfHost = opening is null && fault.Code is "421" };
        }
        finally
        {
            if (opening is not null) await opening.DisposeAsync();
        }
    }
}
