using Postmill.Mail.Imap;
using Postmill.Mail.Net;

namespace Postmill.Mail.Tests.Imap;

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
            .On("A2 LOGIN fred secret", "A2 OK done")
            .On("A3 CAPABILITY", "* CAPABILITY IMAP4rev1 CHILDREN", "A3 OK done")
            .On("A4 LIST \"\" \"\"", "* LIST (\\Noselect) \"/\" \"\"", "A4 OK done")
            .On("A4 LIST \"\" \"INBOX\"", "* LIST () NIL inbox", "A4 OK done")
            .On("A4 LIST \"\" \"*\"", "* LIST (\\Noselect) \".\" foo", "* LIST () \".\" {7}", "foo bar", "* LIST () NIL inbox", "* LIST () \"/\" NIL", "A4 OK done")
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
        var mailboxes = await imap.ListAsync(withStatus: true, default);
        Assert.Equal(["foo", "foo bar", "inbox", "NIL"], mailboxes.Select(m => m.Name.Wire));
        Assert.False(mailboxes[0].IsSelectable);
        Assert.Equal(['.', '.', null, '/'], mailboxes.Select(m => m.Delimiter));
        var selected = (await imap.SelectAsync(mailboxes[1].Name, new ImapSelectOptions(), default)).Value!;
        Assert.Equal((172u, 3857529045u, 4392u), (selected.Exists, selected.UidValidity!.Value, selected.UidNext!.Value));
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
            .Expect("A1 LOGIN fred {5+}").On("p\u00c3\u00a4ss", "A1 OK [CAPABILITY IMAP4rev1] in");
        await using (var imap = await plus.ConnectAsync()) await imap.LoginAsync(password, default);
        await plus.FinishedAsync();

        await using var sync = new ScriptedImapServer().Greet("IMAP4rev1")
            .On("A1 LOGIN fred {5}", "* 3 EXISTS", "+ go on").On("p\u00c3\u00a4ss", "A1 OK [CAPABILITY IMAP4rev1] in");
        await using (var imap = await sync.ConnectAsync()) await imap.LoginAsync(password, default);
        await sync.FinishedAsync();

        await using var refused = new ScriptedImapServer().Greet("IMAP4rev1").On("A1 LOGIN fred {5}", "A1 NO too long");
        await using (var imap = await refused.ConnectAsync())
        {
            await ImapParts.FaultOf(() => imap.LoginAsync(password, default), MailFault.AuthenticationFailed);
            Assert.True(imap.IsUsable);
        }
        await refused.FinishedAsync();
    }

    [Fact]
    public async Task Rfc2971_id_is_said_once_and_may_be_refused()
    {
        await using var server = new ScriptedImapServer().In("IMAP4rev1 ID")
            .On("A1 ID (\"name\" \"Postmill\" \"version\" \"0.1\")", "* ID (\"name\" \"Cyrus\" \"os\" NIL)", "A1 OK done")
            .On("A2 ID (\"name\" \"Postmill\" \"version\" \"0.1\")", "A2 NO not now").On("A3 NOOP", "A3 OK");
        await using var imap = await server.ConnectAsync();
        await imap.IdAsync("Postmill", "0.1", default);
        await imap.IdAsync("Postmill", "0.1", default);
        await imap.NoopAsync(default);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Rfc5161_enable_counts_only_when_confirmed_hard_case_6()
    {
        await using var silent = new ScriptedImapServer().In("IMAP4rev1 ENABLE QRESYNC").On("A1 ENABLE QRESYNC CONDSTORE", "A1 OK done")
            .On("A2 SELECT INBOX (CONDSTORE)", "* 0 EXISTS", "A2 OK done");
        await using (var imap = await silent.ConnectAsync())
        {
            Assert.False(await imap.EnableQResyncAsync(default));
            var selected = await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions { QResync = new QResyncParameters(1, 2) }, default);
            Assert.False(selected.Value!.IsResynced);
        }
        await silent.FinishedAsync();

        await using var confirms = new ScriptedImapServer().In("IMAP4rev1 ENABLE QRESYNC").On("A1 ENABLE QRESYNC CONDSTORE", "* ENABLED CONDSTORE qresync ", "A1 OK done");
        await using var other = await confirms.ConnectAsync();
        Assert.True(await other.EnableQResyncAsync(default));
    }

    [Fact]
    public async Task Rfc6154_and_Rfc5819_special_use_and_status_come_with_the_list()
    {
        const string List = "A1 LIST \"\" \"*\" RETURN (SUBSCRIBED CHILDREN STATUS (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ))";
        await using var server = new ScriptedImapServer().In("IMAP4rev1 LIST-EXTENDED SPECIAL-USE LIST-STATUS CONDSTORE NAMESPACE")
            .On("A1 NAMESPACE", "* NAMESPACE ((\"\" \"/\")) NIL NIL", "A1 OK")
            .On("A1 LIST \"\" \"INBOX\" RETURN (SUBSCRIBED CHILDREN)", "* LIST () \"/\" INBOX", "A1 OK")
            .On("A1 LIST (SPECIAL-USE) \"\" \"*\" RETURN (SUBSCRIBED CHILDREN)", "* LIST (\\HasNoChildren \\sent) \"/\" \"Gesendete Objekte\"", "A1 OK")
            .On(
                List,
                "* LIST (\\Marked) \"/\" INBOX",
                "* LIST (\\HasNoChildren) \"/\" \"Gesendete Objekte\" (\"CHILDINFO\" (\"SUBSCRIBED\"))",
                "* STATUS INBOX (MESSAGES 17 UIDNEXT 16384 UIDVALIDITY 1 HIGHESTMODSEQ 9223372036854775807)",
                "* LIST (\\NoSelect) \"/\" bar",
                "A1 OK done")
            .On(List, "* LIST () \"/\" INBOX", "A1 OK no counters this time");
        await using var imap = await server.ConnectAsync();
        var mailboxes = await imap.ListAsync(withStatus: true, default);
        Assert.Equal(new ImapStatus(17, 16384, 1, long.MaxValue), mailboxes[0].Status);
        Assert.Equal(@"\Sent", mailboxes[1].SpecialUse);
        Assert.False(mailboxes[2].IsSelectable);
        Assert.Null(mailboxes[2].Status);
        // What was told before is not told now.
        Assert.Null(Assert.Single(await imap.ListAsync(withStatus: true, default)).Status);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Rfc5258_announced_and_not_understood_is_asked_as_before()
    {
        await using var server = new ScriptedImapServer().In("IMAP4rev1 LIST-EXTENDED LIST-STATUS")
            .On("A1 LIST \"\" \"\"", "* LIST (\\Noselect) \"/\" \"\"", "A1 OK done")
            .On("A1 LIST \"\" \"*\" RETURN (SUBSCRIBED CHILDREN STATUS (MESSAGES UIDNEXT UIDVALIDITY))", "A1 BAD what?")
            .On("A2 LIST \"\" \"*\"", "* LIST () \"/\" Work", "A2 OK done");
        await using var imap = await server.ConnectAsync();
        Assert.Equal(["Work", "INBOX"], (await imap.ListAsync(withStatus: true, default)).Select(m => m.Name.Wire));
        await server.FinishedAsync();
    }

    [Theory]
    [InlineData("~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語")]
    [InlineData("a&-b&AOQ-c", "a&bäc")]
    [InlineData("&2D3dPg-", "🔾")]
    [InlineData("trailing ", "trailing ")]
    [InlineData("R&D", "R&D")]
    [InlineData("&AOQ", "&AOQ")]
    [InlineData("&!!!-", "&!!!-")]
    [InlineData("B\u00c3\u00bcro", "Büro")]
    [InlineData("100% [x] \\\"*", "100% [x] \\\"*")]
    public async Task Names_keep_their_bytes_whether_or_not_they_are_modified_utf7(string wire, string text)
    {
        var quoted = $"\"{wire.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        var asked = wire.Any(c => c > '~') ? $"{{{wire.Length}+}}" : null;
        var script = new ScriptedImapServer().In("IMAP4rev1 LITERAL+").On("A1 LIST \"\" \"\"", "* LIST (\\Noselect) NIL \"\"", "A1 OK done")
            .On("A1 LIST \"\" \"*\"", $"* LIST () NIL {quoted}", "A1 OK done");
        script = asked is null
            ? script.ExpectAny(line => line == $"SELECT {quoted}" || line == $"SELECT {wire}")
            : script.Expect($"A2 SELECT {asked}").Expect(wire);
        await using var server = script.Send("* 2 EXISTS\r\nA2 OK [READ-WRITE] done\r\n");
        await using var imap = await server.ConnectAsync();
        var name = (await imap.ListAsync(withStatus: false, default)).Single(m => !m.Name.IsInbox).Name;
        Assert.Equal((wire, text), (name.Wire, name.Text));
        Assert.Equal(2u, (await imap.SelectAsync(name, new ImapSelectOptions(), default)).Value!.Exists);
        Assert.Equal(wire, imap.Selected!.Wire);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Rfc4731_esearch_gives_ranges_and_a_plain_answer_is_taken_as_well()
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1 ESEARCH")
            .On("A1 UID SEARCH RETURN (ALL) ALL", "* ESEARCH (TAG \"A1\") UID ALL 1:3,5,4294967290", "A1 OK done")
            .On("A2 UID SEARCH RETURN (ALL) ALL", "* ESEARCH (TAG \"A2\") UID", "A2 OK done")
            .On("A3 UID SEARCH RETURN (ALL) ALL", "* SEARCH 7 6 9 ", "* SEARCH 10", "A3 OK done")
            .On("A4 UID SEARCH RETURN (ALL) HEADER Message-ID \"<a\\\"b@c>\"", "* SEARCH", "A4 NO not now");
        await using var imap = await server.OpenedAsync();
        Assert.Equal("1:3,5,4294967290", (await imap.SearchAllAsync(default)).ToString());
        Assert.True((await imap.SearchAllAsync(default)).IsEmpty);
        Assert.Equal("6:7,9:10", (await imap.SearchAllAsync(default)).ToString());
        await ImapParts.FaultOf(() => imap.SearchHeaderAsync("Message-ID", "<a\"b@c>", default), MailFault.CommandRefused);
        Assert.True(imap.IsUsable);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Rfc7162_qresync_select_gathers_what_is_said_of_the_new_mailbox_alone()
    {
        await using var server = new ScriptedImapServer().In("IMAP4rev1 ENABLE QRESYNC UNSELECT")
            .On("A1 ENABLE QRESYNC CONDSTORE", "* ENABLED QRESYNC", "A1 OK done")
            .On("A1 LIST \"\" other", "* LIST () \"/\" other", "A1 OK")
            .On("A3 SELECT other (CONDSTORE)", "* 3 EXISTS", "* OK [NOMODSEQ] Sorry", "A3 OK done")
            .On("A1 UNSELECT", "* 3 FETCH (UID 3 FLAGS (\\Seen))", "* VANISHED 7", "A1 OK closed")
            .On(
                "A2 SELECT INBOX (QRESYNC (67890007 90060115194045000))",
                "* 100 EXISTS",
                "* OK [UIDVALIDITY 67890007] UIDVALIDITY",
                "* OK [UIDNEXT 600] Predicted next UID",
                "* OK [HIGHESTMODSEQ 90060115205545359] Highest",
                "* VANISHED (EARLIER) 1:2,4:5,41,43:116,118",
                "* 49 FETCH (UID 117 FLAGS (\\Seen \\Answered) MODSEQ (90060115194045001))",
                "* 50 FETCH (UID 119 FLAGS (\\Draft $MDNSent) MODSEQ (90060115205545399))",
                "A2 OK [READ-WRITE] mailbox selected")
            .On("A2 SELECT INBOX (QRESYNC (67890007 5))", "* 100 EXISTS", "* OK [UIDVALIDITY 67890007] x", "* VANISHED (EARLIER) 200:4294967295", "A2 OK [READ-WRITE] mailbox selected");
        await using var imap = await server.ConnectAsync();
        Assert.True(await imap.EnableQResyncAsync(default));
        var other = (await imap.SelectAsync(ImapMailboxName.FromText("other"), new ImapSelectOptions(), default)).Value!;
        Assert.Null(other.HighestModSeq);
        var known = new QResyncParameters(67890007, 90060115194045000);
        var selected = (await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions { QResync = known }, default)).Value!;
        Assert.Equal((100u, 90060115205545359L, true, false), (selected.Exists, selected.HighestModSeq, selected.IsResynced, selected.ChangesOverflowed));
        Assert.Equal("1:2,4:5,41,43:116,118", selected.Vanished.ToString());
        Assert.Equal([117u, 119u], selected.Changed.Select(m => m.Uid));
        Assert.Equal([@"\Draft", "$MDNSent"], selected.Changed[1].Flags);
        // More than can be named is as good as nothing told.
        Assert.True((await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions { QResync = known with { ModSeq = 5 } }, default)).Value!.ChangesOverflowed);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Rfc7162_flags_changed_since()
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1 CONDSTORE")
            .On(
                "A2 UID FETCH 300:500 (UID FLAGS) (CHANGEDSINCE 12345)",
                "* 1 FETCH (UID 404 MODSEQ (65402) FLAGS (\\Seen))",
                "* 9 FETCH (UID 77 FLAGS (\\Flagged))",
                "* 2 FETCH (UID 406 MODSEQ (75403) FLAGS (\\Deleted \\Recent work))",
                "A2 OK done");
        await using var imap = await server.OpenedAsync();
        var unasked = new List<ImapEvent>();
        imap.Unsolicited = unasked.Add;
        var messages = await imap.FlagsAsync(UidSet.OfRanges([new(300, 500)]), 12345);
        Assert.Equal([404u, 406u], messages.Select(m => m.Uid));
        Assert.Equal([@"\Deleted", "work"], messages[1].Flags);
        Assert.Equal(new ImapFlagsChanged(77), Assert.Single(unasked));
    }

    [Fact]
    public async Task All_flags_are_asked_for_in_ranges_of_what_a_search_has_found()
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1 ESEARCH")
            .On("A1 UID SEARCH RETURN (ALL) UID 1:*", "* ESEARCH (TAG \"A1\") UID ALL 5:12005", "A1 OK done")
            .On("A2 UID FETCH 5:10004 (UID FLAGS)", "* 1 FETCH (UID 5 FLAGS ())", "A2 OK done")
            .On("A3 UID FETCH 10005:12005 (UID FLAGS)", "* 12001 FETCH (UID 12005 FLAGS (x))", "A3 OK done");
        await using var imap = await server.OpenedAsync();
        Assert.Equal([5u, 12005u], (await imap.FlagsAsync(UidSet.All)).Select(m => m.Uid));
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Rfc2177_idle_surfaces_events_and_ends_with_done()
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1 IDLE")
            .On("A1 IDLE", "* 10 EXISTS", "+ idling", "* 14 EXISTS", "* 2 EXPUNGE", "* 3 FETCH (FLAGS (\\Seen))", "* OK still here", "* VANISHED 9:10")
            .On("DONE", "* 15 EXISTS", "A1 OK done");
        await using var imap = await server.OpenedAsync();
        var seen = new List<ImapEvent>();
        var outcome = await imap.IdleAsync(TimeSpan.FromMinutes(29), happened =>
        {
            seen.Add(happened);
            return happened is not ImapVanished;
        }, default);
        Assert.Equal(IdleOutcome.ListenerEnded, outcome);
        Assert.Equal([new ImapExists(10), new ImapExists(14), new ImapExpunge(2), new ImapFlagsChanged(null)], seen.Take(4));
        Assert.Equal("9:10", Assert.IsType<ImapVanished>(seen[4]).Uids.ToString());
        Assert.Equal(new ImapExists(15), seen[^1]);
        await server.FinishedAsync();
    }
}
