namespace Postmill.Mail.Smtp;

/// <summary>Names for tables and logs; they never change.</summary>
public static class SmtpRefusedByUsName
{
    /// <summary>Such as <c>size_exceeded</c>.</summary>
    public static string Name(this SmtpRefusedByUs reason) => reason switch
    {
        SmtpRefusedByUs.AddressInvalid => "address_invalid",
        SmtpRefusedByUs.SmtpUtf8Unsupported => "smtputf8_unsupported",
        SmtpRefusedByUs.EightBitUnsupported => "8bitmime_unsupported",
        SmtpRefusedByUs.LineTooLong => "line_too_long",
        SmtpRefusedByUs.SizeExceeded => "size_exceeded",
        SmtpRefusedByUs.TooManyRecipients => "too_many_recipients",
        SmtpRefusedByUs.MailsUsedUp => "mails_used_up",
    };

    /// <summary>Whether another transaction or session can help.</summary>
    public static bool IsTransient(this SmtpRefusedByUs reason) => reason is SmtpRefusedByUs.TooManyRecipients or SmtpRefusedByUs.MailsUsedUp;
}
