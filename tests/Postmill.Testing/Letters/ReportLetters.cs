namespace Postmill.Testing.Letters;

/// <summary>Mails that come back: no two are the same.</summary>
public static class ReportLetters
{
    public static string Bounce(string messageId, string recipient, string status = "5.1.1", string action = "failed", string note = "") => $"""
        Return-Path: <>
        From: MAILER-DAEMON@mx.example.org
        To: me@example.org
        Subject: Undelivered Mail Returned to Sender
        Message-ID: <{Guid.NewGuid()}@mx.example.org>
        Content-Type: multipart/report; report-type=delivery-status; boundary=b

        --b
        Content-Type: text/plain

        Your mail could not be delivered. {note}
        --b
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example.org

        Final-Recipient: rfc822; {recipient}
        Action: {action}
        Status: {status}

        --b
        Content-Type: text/rfc822-headers

        From: me@example.org
        Message-ID: <{messageId}>

        --b--
        """;

    public static string Complaint(string messageId, string recipient, string type = "abuse") => $"""
        From: fbl@example.net
        To: abuse@example.org
        Subject: FW: Spring
        Message-ID: <{Guid.NewGuid()}@example.net>
        Content-Type: multipart/report; report-type=feedback-report; boundary=b

        --b
        Content-Type: message/feedback-report

        Feedback-Type: {type}
        Version: 1
        Original-Rcpt-To: {recipient}

        --b
        Content-Type: message/rfc822

        From: me@example.org
        Message-ID: <{messageId}>

        Spring.
        --b--
        """;

    public static string Answer(string messageId) => $"""
        From: ada@example.net
        To: me@example.org
        Subject: Re: Spring
        Message-ID: <{Guid.NewGuid()}@example.net>
        In-Reply-To: <{messageId}>

        Thank you.
        """;
}
