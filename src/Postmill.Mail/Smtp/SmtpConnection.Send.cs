namespace Postmill.Mail.Smtp;

// Sending, RFC 5321 section 3.3. Any number of mails, one after the other; the transaction is SmtpTransaction.
public sealed partial class SmtpConnection
{
    private bool _needsReset;
    private int _mails;

    /// <summary>How many mails this session may still take (MAILMAX, RFC 9422); null without such a limit.</summary>
    public int? MailsLeft => Extensions.MaxMails is { } most ? Math.Max(0, most - _mails) : null;

    /// <summary>Sends one mail. What servers and the network do is in the value returned and never an exception.</summary>
    /// <param name="envelope">From whom, to whom.</param>
    /// <param name="payload">The mail.</param>
    /// <param name="beforeContent">
    /// Awaited once, after the server accepted at least one recipient and before it hears anything of the content: where the intent to send
    /// is made durable. False withdraws the mail. It is not called when the mail is refused or lost before.
    /// </param>
    /// <param name="cancellationToken">
    /// Cancelling closes the session; the value tells whether the mail may have been accepted. The waiting limits are those of
    /// <see cref="Net.MailTimeouts"/>, one for each phase.
    /// </param>
    /// <exception cref="ArgumentException">No recipient; ENVID not printable ASCII or too long.</exception>
    /// <exception cref="Exception">
    /// Whatever <paramref name="beforeContent"/> and the payload's stream throw; <see cref="EndOfStreamException"/> when the
    /// payload ends early, <see cref="InvalidDataException"/> when it is otherwise not what it was said to be. After all of these the mail was definitely not accepted. What the stream throws closes the session.
    /// </exception>
    public async Task<SmtpDelivery> SendAsync(SmtpEnvelope envelope, SmtpPayload payload, Func<CancellationToken, ValueTask<bool>> beforeContent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(payload);
        ArgumentNullException.ThrowIfNull(beforeContent);
        if (envelope.Recipients.Count == 0) throw new ArgumentException("A mail without a recipient.", nameof(envelope));
        if (envelope.EnvelopeId is { } id && !IsEnvelopeId(id)) throw new ArgumentException("ENVID is not printable ASCII or too long.", nameof(envelope));
        var shape = await payload.ShapeAsync(cancellationToken).ConfigureAwait(false);
        var mail = new SmtpTransaction(_client, _guard, Extensions, envelope, payload, shape);
        if (MailsLeft == 0) return mail.RefusedByUs(SmtpRefusedByUs.MailsUsedUp);
        try
        {
            return await mail.RunAsync(_needsReset, beforeContent, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (mail.IsBegun)
            {
                _mails++;
                _needsReset = mail.LeavesOpen;
            }
        }
    }

    private static bool IsEnvelopeId(string id) => id.Length > 0 && id.All(c => c is >= ' ' and <= '~') && Xtext.Encode(id).Length <= SmtpLimits.EnvelopeIdBytes;
}
