using Postmill.Protocols.Imap;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Tests.Imap;

/// <summary>One test or more per RFC, with the exchanges of its examples.</summary>
public sealed class ExtensionTests
{
    private static readonly MailCredential User = new("fred", "secret");

    [Fact]
    public async Task Rfc3501_plain_server_logs_in_lists_and_selects()
    {
        await using var server = new ScriptedImapServer()
            .Send("* OK IMAP4rev1 server ready\r\n")
            .On("A1 CAPABILITY", "* CAPABILITY IMAP4rev1", "A1 OK done")
            .On("A2 LOGIN \"fred\" \"secret\"", "A2 OK done")
            .On("A3 CAPABILITY", "* CAPABILITY IMAP4rev1 CHILDREN", "A3 OK done")
            .On("A4 LIST \"\" \"*\"", "* LIST (\\Noselect) \".\" foo", "* LIST () \".\" {7}", "foo bar", "* LIST () NIL inbox", "A4 OK done")
            .On(
                "A5 SELECT \"foo bar\"",
                "* 172 EXISTS",
                "* 1 RECENT",
                "* OK [UNSEEN 12] Message 12 is first unseen",
                "* OK [UIDVALIDITY 3857529045] UIDs valid",
                "* OK [UIDNEXT 4392] Predicted next UID",
                "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)",
                "* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] Limited",
                "A5 OK [READ-ONLY] SELECT completed");
        await using var imap = await server.ConnectAsync();
        await imap.LoginAsync(User, default);
        Assert.True(imap.Capabilities.Has("CHILDREN"));
        var mailboxes = await imap.ListAsync(withStatus: true, default);
        Assert.Equal(["foo", "foo bar", "inbox"], mailboxes.Select(m => m.Name.Wire));
        Assert.False(mailboxes[0].IsSelectable);
        Assert.Equal(['.', '.', null], mailboxes.Select(m => m.Delimiter));
        var selected = (await imap.SelectAsync(mailboxes[1].Name, new ImapSelectOptions { CondStore = true }, default)).Value!;
        Assert.Equal((172u, 3857529045u, 4392u), (selected.Exists, selected.UidValidity!.Value, selected.UidNext!.Value));
        Assert.True(selected.ReadOnly);
        Assert.Contains(@"\*", selected.PermanentFlags!);
        Assert.Null(selected.HighestModSeq);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Rfc4959_initial_response_is_sent_at_once_and_otherwise_after_the_plus()
    {
        await using var with = new ScriptedImapServer().Greet("IMAP4rev1 AUTH=PLAIN SASL-IR")
            .On("A1 AUTHENTICATE PLAIN AGZyZWQAc2VjcmV0", "A1 OK [CAPABILITY IMAP4rev1 IDLE] in");
        await using var first = await with.ConnectAsync();
        await first.LoginAsync(User, default);
        Assert.True(first.Capabilities.Idle);
        await with.FinishedAsync();

        await using var without = new ScriptedImapServer().Greet("IMAP4rev1 AUTH=PLAIN")
            .On("A1 AUTHENTICATE PLAIN", "+").On("AGZyZWQAc2VjcmV0", "A1 OK [CAPABILITY IMAP4rev1] in");
        await using var second = await without.ConnectAsync();
        await second.LoginAsync(User, default);
        await without.FinishedAsync();
    }

    [Fact]
    public async Task Rfc7888_literals_wait_for_the_plus_only_when_they_must()
    {
        var password = new MailCredential("fred", "p\u00e4ss");
        await using var plus = new ScriptedImapServer().Greet("IMAP4rev1 LITERAL-")
            .Expect("A1 LOGIN \"fred\" {5+}").On("p\u00c3\u00a4ss", "A1 OK [CAPABILITY IMAP4rev1] in");
        await using (var imap = await plus.ConnectAsync()) await imap.LoginAsync(password, default);
        await plus.FinishedAsync();

        await using var sync = new ScriptedImapServer().Greet("IMAP4rev1")
            .On("A1 LOGIN \"fred\" {5}", "* 3 EXISTS", "+ go on").On("p\u00c3\u00a4ss", "A1 OK [CAPABILITY IMAP4rev1] in");
        await using (var imap = await sync.ConnectAsync()) await imap.LoginAsync(password, default);
        await sync.FinishedAsync();

        await using var refused = new ScriptedImapServer().Greet("IMAP4rev1").On("A1 LOGIN \"fred\" {5}", "A1 NO too long").On("A2 NOOP", "A2 OK done");
        await using (var imap = await refused.ConnectAsync())
        {
            await ImapParts.FaultOf(() => imap.LoginAsync(password, default), MailFault.AuthenticationFailed);
            await imap.NoopAsync(default);
        }
        await refused.FinishedAsync();
    }

    [Fact]
    public async Task Rfc2971_id_and_Rfc2342_namespace()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 ID NAMESPACE")
            .On("A1 ID (\"name\" \"Postmill\" \"version\" \"0.1\")", "* ID (\"name\" \"Cyrus\" \"os\" NIL)", "A1 OK done")
            .On("A2 NAMESPACE", "* NAMESPACE ((\"INBOX.\" \".\")(\"#mh/\" \"/\" \"X-PARAM\" (\"FLAG1\" \"FLAG2\"))) NIL ((\"\" NIL))", "A2 OK done");
        await using var imap = await server.ConnectAsync();
        var id = await imap.IdAsync("Postmill", "0.1", default);
        Assert.Equal(("Cyrus", ""), (id["name"], id["OS"]));
        var namespaces = await imap.NamespaceAsync(default);
        Assert.Equal([new ImapNamespace("INBOX.", '.'), new ImapNamespace("#mh/", '/')], namespaces.Personal);
        Assert.Empty(namespaces.OtherUsers);
        Assert.Equal(new ImapNamespace("", null), Assert.Single(namespaces.Shared));
    }

    [Fact]
    public async Task Rfc5161_enable_counts_only_when_confirmed_hard_case_6()
    {
        await using var silent = new ScriptedImapServer().Greet("IMAP4rev1 ENABLE QRESYNC").On("A1 ENABLE QRESYNC", "A1 OK done")
            .On("A2 SELECT \"INBOX\"", "* 0 EXISTS", "A2 OK done");
        await using (var imap = await silent.ConnectAsync())
        {
            Assert.False(await imap.EnableQResyncAsync(default));
            await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions { QResync = new QResyncParameters(1, 2) }, default);
        }
        await silent.FinishedAsync();

        await using var confirms = new ScriptedImapServer().Greet("IMAP4rev1 ENABLE QRESYNC").On("A1 ENABLE QRESYNC", "* ENABLED CONDSTORE qresync ", "A1 OK done");
        await using var other = await confirms.ConnectAsync();
        Assert.True(await other.EnableQResyncAsync(default));
    }

    [Fact]
    public async Task Rfc6154_and_Rfc5819_special_use_and_status_come_with_the_list()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 LIST-EXTENDED SPECIAL-USE LIST-STATUS CONDSTORE STATUS=SIZE")
            .On(
                "A1 LIST \"\" \"*\" RETURN (SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN HIGHESTMODSEQ SIZE))",
                "* LIST (\\Marked) \"/\" INBOX",
                "* LIST (\\HasNoChildren \\sent) \"/\" \"Gesendete Objekte\" (\"CHILDINFO\" (\"SUBSCRIBED\"))",
                "* STATUS INBOX (MESSAGES 17 UIDNEXT 16384 UIDVALIDITY 1 UNSEEN 16 HIGHESTMODSEQ 9223372036854775807 SIZE 1.8e+06 X-NEW (a b))",
                "* LIST (\\NoSelect) \"/\" bar",
                "A1 OK done");
        await using var imap = await server.ConnectAsync();
        var mailboxes = await imap.ListAsync(withStatus: true, default);
        var status = mailboxes[0].Status!;
        Assert.Equal((17u, 16384u, 1u, 16u, long.MaxValue, 1_800_000L), (status.Messages, status.UidNext, status.UidValidity, status.Unseen, status.HighestModSeq, status.Size));
        Assert.Equal(@"\Sent", mailboxes[1].SpecialUse);
        Assert.False(mailboxes[2].IsSelectable);
        Assert.Null(mailboxes[2].Status);
    }

    [Fact]
    public async Task Rfc4731_esearch_gives_ranges_and_a_plain_answer_is_taken_as_well()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 ESEARCH CONDSTORE")
            .On("A1 UID SEARCH RETURN (ALL) MODSEQ 620162338", "* ESEARCH (TAG \"A1\") UID ALL 1:3,5,4294967290 MODSEQ 917162500 X-NEW (1 2)", "A1 OK done")
            .On("A2 UID SEARCH RETURN (ALL) ALL", "* ESEARCH (TAG \"A2\") UID", "A2 OK done")
            .On("A3 UID SEARCH RETURN (ALL) UID 5:* UNDELETED", "* SEARCH 7 6 9 (MODSEQ 12) ", "* SEARCH 10", "A3 OK done")
            .On("A4 UID SEARCH RETURN (ALL) SINCE 1-Feb-2024 BEFORE 10-Mar-2024 HEADER \"Message-ID\" \"<a\\\"b@c>\"", "* SEARCH", "A4 NO not now");
        await using var imap = await server.ConnectAsync();
        var first = await imap.UidSearchAsync(new ImapSearch { ModSeq = 620162338 }, default);
        Assert.Equal(("1:3,5,4294967290", 917162500L), (first.Uids.ToString(), first.HighestModSeq));
        Assert.True((await imap.UidSearchAsync(ImapSearch.All, default)).Uids.IsEmpty);
        Assert.Equal("6:7,9:10", (await imap.UidSearchAsync(new ImapSearch { Uids = UidSet.From(5), Flag = "!Deleted" }, default)).Uids.ToString());
        var dated = new ImapSearch { Since = new DateOnly(2024, 2, 1), Before = new DateOnly(2024, 3, 10), Header = ("Message-ID", "<a\"b@c>") };
        await ImapParts.FaultOf(() => imap.UidSearchAsync(dated, default), MailFault.CommandRefused);
        Assert.True(imap.IsUsable);
    }

    [Fact]
    public async Task Rfc7162_qresync_select_gathers_only_what_follows_closed()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 ENABLE QRESYNC")
            .On("A1 ENABLE QRESYNC", "* ENABLED QRESYNC", "A1 OK done")
            .On(
                "A2 SELECT \"INBOX\" (QRESYNC (67890007 90060115194045000 41:211))",
                "* 7 EXISTS",
                "* 3 FETCH (UID 3 FLAGS (\\Seen))",
                "* OK [CLOSED] was another",
                "* 100 EXISTS",
                "* OK [UIDVALIDITY 67890007] UIDVALIDITY",
                "* OK [UIDNEXT 600] Predicted next UID",
                "* OK [HIGHESTMODSEQ 90060115205545359] Highest",
                "* VANISHED (EARLIER) 1:2,4:5,41,43:116,118,4000000000:4294967295",
                "* 49 FETCH (UID 117 FLAGS (\\Seen \\Answered) MODSEQ (90060115194045001))",
                "* 50 FETCH (UID 119 FLAGS (\\Draft $MDNSent) MODSEQ (90060115194045308))",
                "A2 OK [READ-WRITE] mailbox selected")
            .On("A3 SELECT \"other\"", "* 3 EXISTS", "* OK [NOMODSEQ] Sorry", "A3 OK done");
        await using var imap = await server.ConnectAsync();
        Assert.True(await imap.EnableQResyncAsync(default));
        var known = new QResyncParameters(67890007, 90060115194045000, UidSet.OfRanges([new(41, 211)]));
        var selected = (await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions { QResync = known }, default)).Value!;
        Assert.Equal((100u, 90060115205545359L), (selected.Exists, selected.HighestModSeq));
        Assert.Equal("1:2,4:5,41,43:116,118,4000000000:*", selected.Vanished.ToString());
        Assert.Equal([117u, 119u], selected.Changed.Select(m => m.Uid!.Value));
        var other = (await imap.SelectAsync(ImapMailboxName.FromText("other"), new ImapSelectOptions(), default)).Value!;
        Assert.True(other.NoModSeq);
        Assert.Null(other.HighestModSeq);
    }

    [Fact]
    public async Task Rfc7162_fetch_changed_since_reports_vanished_before_the_messages()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 ENABLE QRESYNC")
            .On("A1 ENABLE QRESYNC", "* ENABLED QRESYNC", "A1 OK done")
            .On(
                "A2 UID FETCH 300:500 (UID FLAGS MODSEQ) (CHANGEDSINCE 12345 VANISHED)",
                "* VANISHED (EARLIER) 300:310,405,411",
                "* 1 FETCH (UID 404 MODSEQ (65402) FLAGS (\\Seen))",
                "* VANISHED 408",
                "* 2 FETCH (UID 406 MODSEQ (75403) FLAGS (\\Deleted))",
                "A2 OK done");
        await using var imap = await server.ConnectAsync();
        await imap.EnableQResyncAsync(default);
        var unasked = new List<ImapEvent>();
        imap.Unsolicited = unasked.Add;
        UidSet? vanished = null;
        var options = new FetchOptions { ChangedSince = 12345, Vanished = uids => vanished = uids };
        var messages = await imap.FetchAsync(UidSet.OfRanges([new(300, 500)]), FetchItems.Flags | FetchItems.ModSeq, options);
        Assert.Equal([404u, 406u], messages.Select(m => m.Uid!.Value));
        Assert.Equal([65402L, 75403L], messages.Select(m => m.ModSeq!.Value));
        Assert.Equal("300:310,405,411", vanished!.ToString());
        Assert.Equal("408", Assert.IsType<ImapVanished>(Assert.Single(unasked)).Uids.ToString());
    }

    [Fact]
    public async Task Rfc2177_idle_surfaces_events_and_ends_with_done()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 IDLE")
            .On("A1 IDLE", "* 1 EXISTS", "+ idling", "* 4 EXISTS", "* 2 EXPUNGE", "* 3 FETCH (FLAGS (\\Seen))", "* VANISHED 9:10", "* OK still here")
            .On("DONE", "* 5 EXISTS", "A1 OK done");
        await using var imap = await server.ConnectAsync();
        var seen = new List<ImapEvent>();
        var outcome = await imap.IdleAsync(TimeSpan.FromMinutes(29), happened =>
        {
            seen.Add(happened);
            return happened is not ImapNotice;
        }, default);
        Assert.Equal(IdleOutcome.ListenerEnded, outcome);
        Assert.Equal([new ImapExists(1), new ImapExists(4), new ImapExpunge(2)], seen.Take(3));
        Assert.Equal(new ImapExists(5), seen[^1]);
        var changed = Assert.IsType<ImapMessageChanged>(seen[3]).Message;
        Assert.Equal((3u, (uint?)null), (changed.SequenceNumber, changed.Uid));
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Gmail_ids_and_labels()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 X-GM-EXT-1")
            .On(
                "A1 UID FETCH 1 (UID X-GM-MSGID X-GM-THRID X-GM-LABELS)",
                "* 1 FETCH (X-GM-THRID 1266894439832287888 X-GM-MSGID 12345678901234567890 X-GM-LABELS (\\Inbox \"B&APw-ro\" {5}",
                "a b c foo) UID 1)",
                "A1 OK done");
        await using var imap = await server.ConnectAsync();
        var message = Assert.Single(await imap.FetchAsync(UidSet.Of(1), FetchItems.GmailIds | FetchItems.GmailLabels));
        Assert.Equal((12345678901234567890UL, 1266894439832287888UL), (message.GmailMessageId, message.GmailThreadId));
        Assert.Equal(["\\Inbox", "Büro", "a b c", "foo"], message.GmailLabels!);
    }
}
