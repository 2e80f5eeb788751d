namespace Postmill.Mail.Tests.Net;

/// <summary>What an honest IMAP server says in one session of <see cref="GuardFuzzTests"/>.</summary>
internal sealed class ImapAnswers
{
    private string _idleTag = "";

    public string? To(string line)
    {
        if (line.Length == 0) return "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] Dovecot ready.\r\n";
        if (line == "DONE") return $"{_idleTag} OK done\r\n";
        if (line.Split(' ') is not [var tag, var verb, ..]) return null;
        if (verb == "IDLE") _idleTag = tag;
        return verb switch
        {
            "CAPABILITY" or "AUTHENTICATE" => $"* CAPABILITY IMAP4rev1 NAMESPACE UIDPLUS SPECIAL-USE CONDSTORE IDLE\r\n{tag} OK done\r\n",
            "NAMESPACE" => $"* NAMESPACE ((\"\" \"/\")) NIL ((\"Public/\" \"/\"))\r\n{tag} OK\r\n",
            "LIST" => $"* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent \\\"Mail\\\"\"\r\n* LIST () NIL {{5}}\r\nINBOX\r\n{tag} OK\r\n",
            "SELECT" => "* 2 EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Deleted $Junk)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 3] ok\r\n"
                + $"* OK [HIGHESTMODSEQ 9] ok\r\n{tag} OK [READ-WRITE] open\r\n",
            "FETCH" => "* 1 FETCH (UID 1 FLAGS (\\Seen) INTERNALDATE \"15-Jan-2026 10:00:00 +0000\" ENVELOPE (\"Thu, 15 Jan 2026 10:00:00 +0000\" {5}\r\nhello ((\"A\" NIL \"ada\" \"mail.test\")) NIL NIL"
                + " ((NIL NIL \"ben\" \"mail.test\")) NIL NIL NIL \"<1@mail.test>\") BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 9 1 NIL NIL NIL NIL)"
                + "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 50 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) (\"text\" \"html\" NIL NIL NIL \"8bit\" 5 1) 3)"
                + $" \"mixed\" (\"boundary\" \"b\") NIL NIL NIL))\r\n* 2 FETCH (UID 2 FLAGS ())\r\n{tag} OK done\r\n",
            "UID" when line.Contains("SEARCH", StringComparison.Ordinal) => $"* SEARCH 1 2\r\n{tag} OK done\r\n",
            "UID" => $"* 1 FETCH (UID 1 BODY[] {{26}}\r\nSubject: hi\r\n\r\nHello ((.\r\n)\r\n{tag} OK done\r\n",
            "IDLE" => "+ idling\r\n* 3 EXISTS\r\n",
            "LOGOUT" => $"* BYE bye\r\n{tag} OK done\r\n",
            _ => $"{tag} OK [ALERT] done\r\n",
        };
    }
}

/// <summary>What an honest SMTP server says in one session of <see cref="GuardFuzzTests"/>.</summary>
internal sealed class SmtpAnswers
{
    private bool _isContent;

    public string? To(string line)
    {
        if (_isContent)
        {
            _isContent = line != ".";
            return _isContent ? null : "250 2.0.0 queued\r\n";
        }
        _isContent = line == "DATA";
        return line.Split(' ')[0] switch
        {
            "" => "220-mail.test ESMTP\r\n220 no spam\r\n",
            "EHLO" => "250-mail.test\r\n250-SIZE 35882577\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n",
            "AUTH" => "235 2.7.0 welcome\r\n",
            "DATA" => "354 go\r\n",
            "QUIT" => "221 2.0.0 bye\r\n",
            _ => "250 2.1.0 ok\r\n",
        };
    }
}
