using System.Globalization;
using System.Text;
using Postmill.Protocols.Imap;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Tests.Imap;

/// <summary>What a server says in one session with everything in it, and the client's part of it. What the client saw is written down as text.</summary>
internal static class RecordedSession
{
    private static readonly string[] Lines =
    [
        "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR LITERAL+ ID ENABLE] Dovecot ready.",
        "* CAPABILITY IMAP4rev1 SASL-IR ID ENABLE IDLE NAMESPACE LIST-EXTENDED LIST-STATUS SPECIAL-USE CONDSTORE QRESYNC ESEARCH LITERAL+ X-GM-EXT-1",
        "A1 OK Logged in",
        "* ID (\"name\" \"Dovecot\" \"remark\" NIL \"x\" {3}", "abc)",
        "A2 OK ID completed.",
        "* NAMESPACE ((\"\" \"/\")) ((\"~\" \"/\" \"X\" (\"a\" \"b\"))) NIL",
        "A3 OK Namespace completed.",
        "* ENABLED QRESYNC",
        "A4 OK Enabled.",
        "* LIST (\\HasNoChildren \\Sent) \"/\" Sent (\"CHILDINFO\" (\"SUBSCRIBED\"))",
        "* STATUS Sent (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 1763 UNSEEN 1 HIGHESTMODSEQ 9223372036854775807)",
        "* LIST (\\Noselect) \".\" {14}", "B&APw-ro \"x\" [",
        "* LIST (\\HasNoChildren) NIL INBOX",
        "A5 OK List completed.",
        "* STATUS \"INBOX\" (MESSAGES 5 UIDNEXT 6 UIDVALIDITY 1763 UNSEEN 0 HIGHESTMODSEQ 12)",
        "A6 OK Status completed.",
        "* OK [CLOSED] Previous mailbox closed.",
        "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded)",
        "* OK [PERMANENTFLAGS (\\Answered \\Seen $Forwarded \\*)] Flags permitted.",
        "* 5 EXISTS", "* 0 RECENT",
        "* OK [UIDVALIDITY 1763] UIDs valid", "* OK [UIDNEXT 106] Predicted next UID", "* OK [HIGHESTMODSEQ 4611686018427387904] Highest",
        "* VANISHED (EARLIER) 1:17,21,40:4294967290",
        "* 3 FETCH (UID 103 FLAGS (\\Seen) MODSEQ (4611686018427387904))",
        "A7 OK [READ-WRITE] Select completed.",
        "* ESEARCH (TAG \"A8\") UID ALL 101:105 MODSEQ 4611686018427387904",
        "* SEARCH 101 102 103 ",
        "A8 OK Search completed.",
        "* 1 FETCH (UID 101 FLAGS (\\Seen $Forwarded) INTERNALDATE \"17-Jul-2024 02:44:25 -0700\" RFC822.SIZE 42 MODSEQ (7) X-GM-LABELS (\\Inbox \"a b\") BODY[] {42}",
        "Subject: one", "", "* 9 EXISTS inside a body", ")",
        "* 2 FETCH (BODY[] {10}", "Subject: \r UID 102 FLAGS ())",
        "* 3 EXPUNGE",
        "* 3 FETCH (FLAGS (\\Deleted))",
        "* 3 FETCH (UID 104 ENVELOPE (\"d\" {5}", "s (\\\" ((NIL NIL \"a\" \"b\")) NIL) BODYSTRUCTURE (\"text\" \"plain\" (\"charset\" \"x\") NIL 3) BODY[] \"a\\\"b\\\\c\")",
        "* 4 FETCH (UID 105 BODY[] {1200}", new string('x', 1198), ")",
        "* VANISHED (EARLIER) 103",
        "A9 OK Fetch completed.",
        "+ idling",
        "* 6 EXISTS", "* OK [ALERT] look {5}", "* 2 FETCH (UID 102 FLAGS (\\Seen))", "* VANISHED 105",
        "A10 OK Idle completed.",
        "* BYE Logging out",
        "A11 OK Logout completed.",
    ];

    public static byte[] Bytes => Encoding.Latin1.GetBytes(string.Join("\r\n", Lines) + "\r\n");

    public static async Task<string> PlayAsync(byte[] recorded, Func<int> pieceSize, ImapLimits limits, CancellationToken cancellationToken)
    {
        var log = new StringBuilder();
        void Note(FormattableString text) => log.AppendLine(FormattableString.Invariant(text));
        var endpoint = new MailEndpoint("localhost", 143, TlsMode.None);
        var options = new ImapOptions { Limits = limits, Transport = new MailTransportOptions { AllowPlaintext = true } };
        var transport = new MailTransport(new ReplayStream(recorded, pieceSize), null, new MailClock(TimeProvider.System, options.Transport.Timeouts), options.Transport);
        await using var imap = await ImapConnection.OpenAsync(new ImapConnection(transport, endpoint, options), cancellationToken);
        imap.Unsolicited = happened => log.AppendLine(Describe(happened));
        await imap.LoginAsync(new MailCredential("u", "p"), cancellationToken);
        log.AppendJoin(' ', (await imap.IdAsync("a", "b", cancellationToken)).Select(f => $"{f.Key}={f.Value}")).AppendLine();
        log.AppendJoin(' ', (await imap.NamespaceAsync(cancellationToken)).OtherUsers).AppendLine();
        Note($"{await imap.EnableQResyncAsync(cancellationToken)}");
        foreach (var mailbox in await imap.ListAsync(true, cancellationToken)) Note($"{mailbox.Name.Text} {mailbox.SpecialUse} {mailbox.Status}");
        Note($"{(await imap.StatusAsync(ImapMailboxName.Inbox, cancellationToken)).Value}");
        var known = new ImapSelectOptions { QResync = new QResyncParameters(1763, 5) };
        if ((await imap.SelectAsync(ImapMailboxName.Inbox, known, cancellationToken)).Value is { } selected)
            Note($"{selected.Exists} {selected.HighestModSeq} {selected.Vanished} {selected.Changed.Count} {string.Join(' ', selected.PermanentFlags ?? [])}");
        Note($"{(await imap.UidSearchAsync(ImapSearch.All, cancellationToken)).Uids}");
        var fetch = new FetchOptions { InMemoryBytes = 1000, ChangedSince = 5, LargeBody = _ => new MemoryStream(), Vanished = uids => Note($"gone {uids}") };
        await foreach (var message in imap.UidFetchAsync(UidSet.From(101), (FetchItems)0xFF, fetch, cancellationToken)) log.AppendLine(Describe(message));
        Note($"{await imap.IdleAsync(TimeSpan.FromMinutes(1), happened => log.AppendLine(Describe(happened)) is not null, cancellationToken)}");
        await imap.LogoutAsync(cancellationToken);
        return log.ToString();
    }

    private static string Describe(ImapEvent happened) => happened switch
    {
        ImapMessageChanged changed => Describe(changed.Message),
        ImapVanished vanished => $"gone {vanished.Uids}",
        _ => happened.ToString(),
    };

    private static string Describe(ImapFetched message) => string.Create(
        CultureInfo.InvariantCulture,
        $"{message.SequenceNumber} {message.Uid} {message.ModSeq} {message.Size} {message.InternalDate:O} {string.Join(' ', message.Flags ?? [])} {string.Join(',', message.GmailLabels ?? [])} {message.BodySize} {(message.Body is { } b ? Convert.ToHexString(b) : message.BodyStream?.Length)}");
}
