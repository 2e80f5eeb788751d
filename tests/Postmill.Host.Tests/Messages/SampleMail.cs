namespace Postmill.Host.Tests.Messages;

/// <summary>A mail with everything that a body and its parts can show.</summary>
internal static class SampleMail
{
    public static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 1, 2, 3];

    public static byte[] Full(string id = "full") => MailHost.Raw($"""
        Received: from a.example by b.example; Wed, 27 May 2026 10:14:59 +0000
        Received: from c.example by a.example; Wed, 27 May 2026 10:14:58 +0000
        From: =?utf-8?q?Zo=C3=AB?= <zoe@example.org>
        To: me@example.net, "Other, One" <other@example.net>
        Cc: cc@example.net
        Reply-To: reply@example.org
        Subject: =?utf-8?B?R3LDvMOfZSDigqw=?=
        Message-ID: <{id}@example.org>
        References: <root@example.org> <parent@example.org>
        Date: Wed, 27 May 2026 10:15:00 +0200
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=outer

        --outer
        Content-Type: multipart/alternative; boundary=inner

        --inner
        Content-Type: text/plain; charset=iso-8859-1
        Content-Transfer-Encoding: quoted-printable

        Gr=FC=DFe aus K=F6ln
        --inner
        Content-Type: text/html; charset=utf-8

        <p>Grüße <img src="cid:logo@example.org"></p>
        --inner--
        --outer
        Content-Type: image/png; name=logo.png
        Content-Transfer-Encoding: base64
        Content-Disposition: inline; filename=logo.png
        Content-ID: <logo@example.org>

        {Convert.ToBase64String(Png)}
        --outer
        Content-Type: text/html; name=evil.html
        Content-Disposition: attachment; filename*=utf-8''%E2%82%AC%20rechnung.html

        <script>alert(1)</script>
        --outer
        Content-Type: message/rfc822

        From: deep@example.org
        Subject: enclosed

        not part of the body
        --outer--
        """);
}
