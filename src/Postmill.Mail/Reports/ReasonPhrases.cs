namespace Postmill.Mail.Reports;

/// <summary>
/// What servers say, by reason; the first group with a phrase in the text decides. The order is the meaning: what speaks of the sender comes before
/// what speaks of the recipient, since "domain of sender does not exist" says nothing of the recipient. Phrases are in lower case, as
/// <see cref="ReportWords"/> leaves a text; * stands for anything between two pieces.
/// </summary>
internal static class ReasonPhrases
{
    private static readonly (BounceReason Reason, string[][] Phrases)[] Strong =
    [
        Group(BounceReason.HostUnknown, "account or domain may not exist"),
        Group(BounceReason.AuthFailure,
            "dmarc", " spf ", "spf record", "spf:", "(spf", "sender policy framework", "dkim", "unauthenticated email", "sender is unauthenticated",
            "authentication checks failed", "unable to verify your identity", "sender id"),
        Group(BounceReason.RequirePtr,
            "ptr record", "reverse dns", "rdns", "no ptr", "without ptr", "unverifyable sending ip", "unverifiable sending ip", "fcrdns",
            "cannot find your hostname", "cannot find your reverse", "cannot resolve your address", "reverse hostname", "reverse lookup",
            "has no name in dns", "forward-confirmed", "reverse mapping"),
        Group(BounceReason.NotCompliantRfc,
            "not rfc", "rfc 5322", "rfc5322", "rfc 2822", "rfc2822", "rfc compliant", "multiple addresses in from", "multiple * addresses in from",
            "multiple subject headers", "duplicate header", "from header is missing"),
        Group(BounceReason.VirusDetected, "virus", "malware", "infected", "trojan"),
        Group(BounceReason.Blocked,
            "blocked using", "blocked by", "blocked ip", "has been blocked", "is blocked", "blacklist", "black list", "blocklist", "block list", "dnsbl",
            "rbl.", " rbl", "spamhaus", "spamcop", "sorbs", "client host rejected", "your ip", "ip address * rejected", "invalid ip", "bad helo",
            "invalid helo", "helo command rejected", "smtp server of your isp", "connection refused", "relay quota", "banned", "listed at", "is listed",
            "listed by", "listed on", "not allowed to connect", "access from ip", "host rejected", "no access from", "aup#", "dynamic ip", "dial-up",
            "service refuse", "invalid domain name", "refused due to abuse"),
        Group(BounceReason.BadReputation, "reputation"),
        Group(BounceReason.TooManyConn,
            "too many connections", "too many concurrent", "too many sessions", "frequency limited", "rate limit", "ratelimit", "throttl",
            "too many messages", "too many recipients this hour", "exceeded the rate", "sending limit", "daily limit", "hourly limit",
            "receiving mail at a rate", "receiving mail too quickly", "connection rate", "too much mail"),
        Group(BounceReason.SpamDetected,
            "spam", "unsolicited", "junk mail", " ube", "bulk mail", "message content rejected", "content rejected", "looks like advertis", "banned content"),
        Group(BounceReason.FailedStartTls, "starttls", "tls required", "tls is required", "tls handshake", "tls negotiation"),
        Group(BounceReason.NoRelaying,
            "relaying denied", "relaying not allowed", "relay access denied", "relay denied", "relay not permitted", "unable to relay", "no relaying",
            "not permitted to relay without", "we do not relay", "relaying is prohibited", "relaying mail", "does not relay", "email address is not verified",
            "not a gateway", "relay not allowed", "relaying to * prohibited"),
        Group(BounceReason.SecurityError,
            "authentication required", "smtp authentication", "authentication is required", "unauthenticated senders", "authentication failed",
            "sender verification", "must authenticate", "authentication unsuccessful", "authentication turned on"),
        Group(BounceReason.Rejected,
            "sender address rejected", "sender rejected", "sender was rejected", "domain of sender", "sender denied", "sender domain", "sender not",
            "invalid sender", "sender verify failed", "responsible address", "unable to verify sender", "address * blacklisted", "not authorised to send",
            "not authorized to send", "sender address has been", "sender refused", "unrouteable sender", "bad sender", "mail from * not allowed",
            "complaints", "from address", "unknown sender", "sending address"),
        Group(BounceReason.ExceedLimit, "recipsizelimit", "too large for this recipient", "message too large for recipient", "size limit for this recipient"),
        Group(BounceReason.MesgTooBig,
            "message too large", "message too big", "message is too", "message size exceed", "message exceed", "size limit exceed", "exceeds size limit",
            "maximum message size", "max message size", "message file too big", "message length exceeds", "mail size limit", "exceeds the maximum",
            "exceeded the maximum * size", "larger than"),
        Group(BounceReason.SystemFull,
            "insufficient disk", "no space left", "insufficient system storage", "insufficient system resources", "disk full", "out of disk",
            "file system full", "queue full"),
        Group(BounceReason.MailboxFull,
            "mailbox full", "mailbox is full", "mailbox was full", "mail box full", "quota", "over quota", "overquota", "out of storage", "folder is full",
            "inbox is full", "insufficient space", "storage limit", "storage space", "exceeded the local limit", "exceeded the maximum number of messages",
            "exceeded storage", "mailbox size", "mailbox exceed", "too much mail data", "full mailbox", "has exceeded its", "account is full", "user is full",
            "mailbox has exceeded", "not enough space", "postfach ist voll", "boite du destinataire pleine", "maildir over", "is overlimit", "inbox full"),
        Group(BounceReason.HasMoved,
            "has moved", "not our customer", "no forwarding address", "address has changed", "has been changed to", "has been replaced by",
            "moved permanently", "user has left", "user not local; please try"),
        // Said at RCPT; without these words before it the same sentence stands in notices about accounts that only take no mail.
        Group(BounceReason.UserUnknown, "delivery error: dd this user"),
        Group(BounceReason.Filtered,
            "may not have permission to post", "recipient preferences", "user refuse", "user reject", "550 : user unknown", "550: : user unknown",
            "is not accepting any mail", "only accept", "restricted", "message filtered", "rejected due to user rules", "notauthorized", "protected by",
            "blocked by the recipient", "refused by the recipient", "refused by recipient", "bounced address", "doesn't have a * account",
            "does not have a * account"),
        Group(BounceReason.NotAccept,
            "null mx", "nullmx", "no smtp service", "does not accept mail", "doesn't accept mail", "does not accept email", "doesn't receive email",
            "does not receive mail", "no mx record", "no mail exchanger", "find a mail exchanger", "reject all mail", "not accept any mail", "no valid mx",
            "no mx", "does not have any mx", "smtp service not available here"),
        Group(BounceReason.MailerError,
            "procmail: couldn't", "procmail:", "lock failure", "pipe to", "command failed", "command died", "unknown mailer error", "exit status",
            "x-unix; 7", "local delivery program"),
        Group(BounceReason.Suspend,
            "account is disabled", "account has been disabled", "account disabled", "mailbox disabled", "is disabled", "disabled recipient",
            "recipient is disabled", "has been disabled", "suspended", "account is locked", "account locked", "mailbox is locked", "frozen", "deactivated",
            "that you tried to reach is inactive", "account is inactive", "mailbox is inactive", "account inactive", "mailbox inactive",
            "temporarily disabled", "disabled or discontinued", "disabled mailbox", "user is inactive", "account is not active", "is blocked for",
            "account not activated", "disabled due to inactivity"),
        Group(BounceReason.HostUnknown,
            "host unknown", "unknown host", "host not found", "lookup failure: host", "no route found", "nonexistent domain", "nonexistentdomain",
            "non-existent host", "domain not found", "no such domain", "unrouteable", "unroutable", "unroutable address", "find any host",
            "name or service not known", "domain does not exist", "domain doesn't exist", "domain is not reachable", "nxdomain", "domain name not found",
            "unknown domain", "bad destination host", "bad destination system", "illegal host", "recipient domain must exist", "no such host",
            "non-existent domain", "host or domain name not found", "domain isn't", "domain couldn't be found", "domain could not be found",
            "hostname not found", "domain unknown", "host does not exist", "host name not found", "invalid host"),
        Group(BounceReason.UserUnknown,
            "user unknown", "unknown user", "no such user", "no such mailbox", "no such recipient", "no such address", "no such person", "no such account",
            "unknown recipient", "recipient unknown", "unknown address", "address unknown", "unknown or illegal", "unknown local", "unknown mailbox",
            "unknown account", "account unknown", "mailbox unknown", "unknown email address", "user not found", "recipient not found", "recipnotfound",
            "recipientnotfound", "address not found", "mailbox not found", "account not found", "not listed in", "not found in", "user does not exist",
            "user doesn't exist", "mailbox does not exist", "mailbox doesn't exist", "address does not exist", "address doesn't exist",
            "account does not exist", "account that you tried to reach does not exist", "recipient does not exist", "recipient doesn't exist",
            "does not exist", "doesn't exist", "not exist", "not a valid mailbox", "not a valid user", "not a valid recipient", "not a valid address",
            "invalid recipient", "invalid user", "invalid address", "invalid mailbox", "recipient invalid", "destinataire invalide", "destinataire inconnu",
            "mailbox unavailable", "mailbox not available", "mailbox is unavailable", "no mailbox here", "no mailbox", "no valid recipient",
            "is not recognized", "not recognised", "not known", "not a known user", "user is unknown", "inactive email address", "no longer valid",
            "no longer exist", "no longer in use", "no longer available", "no longer active", "no longer on server", "no longer works",
            "no longer accepts mail", "bad recipient", "bad address", "bad destination mailbox", "bad destination mail address", "illegal recipient",
            "illegal user", "undeliverable address", "undeliverable recipient", "address rejected.", "address rejected: access denied",
            "address rejected: undeliverable", "address error", "address invalid", "this user doesn't", "no account", "no user", "does not match any",
            "not our user", "recipient * rejected.", "deactivated address", "unbekannt", "nicht bekannt", "existiert nicht", "desconocido", "inconnu",
            "sconosciuto", "could not be found", "couldn't be found", "wasn't found", "addressee unknown", "not a local address", "cannot be found",
            "542 <> rejected", "recipient no longer", "has been deleted", "dosn't exist", "recipient refused", "recipient rejected", "account not available",
            "no recipients", "not have an account here", "nosuchuser", "requested action not taken: mailbox"),
    ];

    // What says little of the recipient, or stands in any notice.
    private static readonly (BounceReason Reason, string[][] Phrases)[] Weak =
    [
        Group(BounceReason.PolicyViolation,
            "policy", "protocol violation", "potential security", "security issue", "host network not allowed", "not allowed by", "attachment",
            "blocked because its content", "administrative prohibition", "prohibited", "closed mailing list", "header error"),
        Group(BounceReason.ContentError,
            "8-bit data", "headers too large", "media error", "malformed", "improper use", "message format", "too many bad commands", "conversion",
            "unsupported charset", "line too long", "bad header", "hop count exceeded - message", "header too long"),
        Group(BounceReason.OnHold, "on hold", "greylist", "graylist", "grey list", "moderat", "recipient error"),
        Group(BounceReason.NetworkError,
            "hop count", "too many hops", "routing loop", "mail loop", "loop detected", "lookup failure", "dns error", "network error",
            "network is unreachable", "lost connection", "connection reset", "connection lost", "no route to host", "connection dropped", "broken pipe",
            "name service error", "loops back", "too many received", "name server", "connection was dropped", "host unreachable", "unable to resolve"),
        Group(BounceReason.Expired,
            "timed out", "timeout", "time out", "queue too long", "too long in queue", "in the queue too long", "message expired", "expired", "giving up",
            "give up", "failing for a long time", "not responding", "not accept our requests", "could not be delivered for", "not delivered within",
            "retry time", "queue lifetime", "delivery time", "will be retried", "still being retried", "no longer be retried", "been unable to deliver",
            "for the last", "try again later"),
        Group(BounceReason.Rejected,
            "access denied", "was rejected", "rejected", "address that has been", "permission to post", "not have permission", "posting"),
        Group(BounceReason.SystemError,
            "system error", "configuration error", "service unavailable", "service currently unavailable", "internal error", "ldap",
            "temporarily unavailable", "server error", "could not load", "local error", "internal software error", "resources temporarily",
            "multiple retries", "error in processing", "system not accepting", "unexpected", "transaction failed", "cannot open", "failed to delivery"),
    ];

    /// <summary>The reason a text tells plainly, as <see cref="ReportWords"/> leaves it; null when it tells none.</summary>
    public static BounceReason? FindStrong(string words) => Find(Strong, words);

    /// <summary>The reason a text hints at; null when it hints at none.</summary>
    public static BounceReason? FindWeak(string words) => Find(Weak, words);

    private static BounceReason? Find((BounceReason Reason, string[][] Phrases)[] groups, string words)
    {
        foreach (var (reason, phrases) in groups)
        {
            foreach (var phrase in phrases)
            {
                if (Holds(words, phrase))
                    return reason;
            }
        }
        return null;
    }

    private static bool Holds(string words, string[] pieces)
    {
        var at = 0;
        foreach (var piece in pieces)
        {
            var found = words.IndexOf(piece, at, StringComparison.Ordinal);
            if (found < 0)
                return false;
            at = found + piece.Length;
        }
        return true;
    }

    private static (BounceReason Reason, string[][] Phrases) Group(BounceReason reason, params string[] phrases) =>
        (reason, Array.ConvertAll(phrases, p => p.Split('*')));
}
