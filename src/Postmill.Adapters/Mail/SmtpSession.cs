using Npgsql;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Domain.Sending;
using Postmill.Grains.Sending;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;

namespace Postmill.Adapters.Mail;

/// <summary>One logged-in SMTP session. What the server says of a mail becomes the outbox's words in <see cref="SmtpMeanings"/>.</summary>
internal sealed class SmtpSession(SmtpConnection connection, NpgsqlDataSource database) : ISmtpSession
{
    public bool IsUsable => !connection.IsClosed && connection.MailsLeft is null or > 0;

    public async Task<Delivery> SendAsync(OutgoingMail mail, Func<CancellationToken, ValueTask<bool>> intent, CancellationToken cancellationToken)
    {
        // The envelope's id comes back in delivery reports of servers that have DSN (RFC 3461 §4.4).
        var envelope = new SmtpEnvelope(mail.EnvelopeFrom, [.. mail.Waiting.Select(recipient => new SmtpRecipient(recipient.Address))])
        {
            NeedsUtf8 = mail.NeedsUtf8,
            EnvelopeId = mail.Job.Id.ToString("N"),
            Return = SmtpReturn.Headers,
        };
        var payload = mail.Content is { } content
            ? SmtpPayload.Of(content)
            : SmtpPayload.Of(mail.Size, _ => ValueTask.FromResult<Stream>(new RawStream(database, mail.EmailId, 0, mail.Size)));
        try
        {
            return SmtpMeanings.Of(await connection.SendAsync(envelope, payload, intent, cancellationToken), mail.Waiting);
        }
        catch (EndOfStreamException)
        {
            // The record was deleted by its user between the commit and here; the session broke off before the end of the content.
            await connection.DisposeAsync();
            return new Delivery(DeliveryEnd.RefusedForGood, new SendFailure(SendFailure.Unsendable, "The mail's content was deleted before it was sent."));
        }
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await connection.QuitAsync(cancellationToken);
        }
        catch (MailServerException)
        {
            await connection.DisposeAsync(); // it was gone already
        }
        catch (OperationCanceledException)
        {
            await connection.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
