using System.Text;
using Postmill.Protocols.Imap;
using Postmill.Protocols.Net;
using Postmill.Testing;

namespace Postmill.Protocols.Tests.Imap;

/// <summary>What servers do to a session once it runs.</summary>
public sealed class HardCaseTests
{
    private const FetchItems Basic = FetchItems.Flags | FetchItems.Body;

    [Fact]
    public async Task Hard_case_5_mod_sequences_above_2_to_the_53_and_beyond_63_bits()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 CONDSTORE")
            .On("A1 SELECT \"INBOX\" (CONDSTORE)", "* 1 EXISTS", "* OK [HIGHESTMODSEQ 9223372036854775807] x", "A1 OK done")
            .On("A2 SELECT \"INBOX\" (CONDSTORE)", "* 1 EXISTS", "* OK [HIGHESTMODSEQ 18446744073709551615] x", "A2 OK done")
            .On("A3 UID FETCH 1:* (UID MODSEQ) (CHANGEDSINCE 9223372036854775806)", "* 1 FETCH (UID 1 MODSEQ (9223372036854775807))", "A3 OK done");
        await using var imap = await server.ConnectAsync();
        var options = new ImapSelectOptions { CondStore = true };
        Assert.Equal(long.MaxValue, (await imap.SelectAsync(ImapMailboxName.Inbox, options, default)).Value!.HighestModSeq);
        Assert.Null((await imap.SelectAsync(ImapMailboxName.Inbox, options, default)).Value!.HighestModSeq);
        var changed = await imap.FetchAsync(UidSet.All, FetchItems.ModSeq, new FetchOptions { ChangedSince = long.MaxValue - 1 });
        Assert.Equal(long.MaxValue, Assert.Single(changed).ModSeq);
    }

    [Fact]
    public async Task Hard_case_7_expunge_and_fetch_without_uid_in_the_middle_of_a_fetch()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1")
            .On(
                "A1 UID FETCH 5:9 (UID FLAGS BODY.PEEK[])",
                "* 1 FETCH (BODY[] {3}", "abc UID 5 FLAGS ())",
                "* 2 EXPUNGE",
                "* 2 FETCH (FLAGS (\\Seen))",
                "* 9 FETCH (UID 77 FLAGS (\\Flagged))",
                "* 12 EXISTS",
                "* 3 FETCH (FLAGS (\\Seen) UID 8)",
                "* 3 FETCH (UID 8 BODY[] \"quoted\")",
                "* 4 FETCH (UID 9 BODY[] NIL FLAGS (a))",
                "A1 OK done");
        await using var imap = await server.ConnectAsync();
        var unasked = new List<ImapEvent>();
        imap.Unsolicited = unasked.Add;
        var answers = await imap.FetchAsync(UidSet.OfRanges([new(5, 9)]), Basic);
        Assert.Equal([5u, 8u, 8u, 9u], answers.Select(m => m.Uid!.Value));
        Assert.Equal(["abc", null, "quoted", null], answers.Select(m => m.Body is null ? null : Encoding.ASCII.GetString(m.Body)));
        Assert.Equal([typeof(ImapExpunge), typeof(ImapMessageChanged), typeof(ImapMessageChanged), typeof(ImapExists)], unasked.Select(e => e.GetType()));
    }

    [Fact]
    public async Task Hard_case_16_throttled_exchange_says_how_long_to_stay_away()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1")
            .On("A1 UID FETCH 1 (UID FLAGS BODY.PEEK[])", "A1 BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds");
        await using var imap = await server.ConnectAsync();
        var fault = await ImapParts.FaultOf(() => imap.FetchAsync(UidSet.Of(1), Basic), MailFault.CommandRefused);
        Assert.Equal(TimeSpan.FromMilliseconds(92415), fault.RetryAfter);
    }

    [Fact]
    public async Task Hard_case_17_poison_batch_is_named_and_the_others_arrive()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1")
            .Expect("A1 UID FETCH 1:2 (UID FLAGS BODY.PEEK[])").Expect("A2 UID FETCH 3:4 (UID FLAGS BODY.PEEK[])")
            .Send("* 1 FETCH (UID 1 FLAGS () BODY[] {1}\r\na)\r\nA1 OK done\r\n")
            .On("A3 UID FETCH 5 (UID FLAGS BODY.PEEK[])", "A2 NO [SERVERBUG] cannot read", "* 5 FETCH (UID 5 FLAGS () BODY[] {1}", "b)", "A3 OK done");
        await using var imap = await server.ConnectAsync();
        var refusals = new List<(string, string?)>();
        var options = new FetchOptions { BatchUids = 2, Refused = (uids, refusal) => refusals.Add((uids.ToString(), refusal.Code)) };
        var answers = await imap.FetchAsync(UidSet.OfRanges([new(1, 5)]), Basic, options);
        Assert.Equal([1u, 5u], answers.Select(m => m.Uid!.Value));
        Assert.Equal([("3:4", "SERVERBUG")], refusals);
        Assert.True(imap.IsUsable);
    }

    [Fact]
    public async Task Hard_case_18_list_without_inbox_and_numbers_as_reals()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1")
            .On("A1 LIST \"\" \"*\"", "* LIST () \"/\" Work", "A1 OK done").On("A2 LIST \"\" \"INBOX\"", "* LIST () \"/\" INBOX", "A2 OK done")
            .On("A3 SELECT \"INBOX\"", "* 1.8e+06 EXISTS", "* OK [UIDVALIDITY 5] x", "A3 OK done")
            .On("A4 UID FETCH 1 (UID INTERNALDATE RFC822.SIZE)", "* 1 FETCH (UID 1 INTERNALDATE \"00-Jan-0000 00:00:00 +0000\" RFC822.SIZE 1.8e+06)", "A4 OK done");
        await using var imap = await server.ConnectAsync();
        Assert.Equal(["Work", "INBOX"], (await imap.ListAsync(withStatus: false, default)).Select(m => m.Name.Text));
        Assert.Equal(1_800_000u, (await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions(), default)).Value!.Exists);
        var message = Assert.Single(await imap.FetchAsync(UidSet.Of(1), FetchItems.InternalDate | FetchItems.Size));
        Assert.Null(message.InternalDate);
        Assert.Equal(1_800_000, message.Size);
    }

    [Fact]
    public async Task Hard_case_20_idle_is_renewed_before_the_limit()
    {
        var clock = new ManualClock();
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 IDLE").On("A1 IDLE", "+ idling", "* 1 EXISTS").On("DONE", "A1 OK done").On("A2 NOOP", "A2 OK done");
        await using var imap = await server.ConnectAsync(clock);
        var idling = new TaskCompletionSource();
        var idle = imap.IdleAsync(TimeSpan.FromMinutes(28), _ => idling.TrySetResult(), default);
        await idling.Task;
        clock.Advance(TimeSpan.FromMinutes(28) - TimeSpan.FromTicks(1));
        Assert.False(idle.IsCompleted);
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(IdleOutcome.RenewalDue, await idle);
        await imap.NoopAsync(default);
    }

    [Fact]
    public async Task Hard_case_20_server_that_never_answers_done_times_out()
    {
        var clock = new ManualClock();
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 IDLE").On("A1 IDLE", "+ idling", "* 1 EXISTS").Expect("DONE").Mark().Stall();
        await using var imap = await server.ConnectAsync(clock);
        var idling = new TaskCompletionSource();
        var idle = imap.IdleAsync(TimeSpan.FromSeconds(55), _ => idling.TrySetResult(), default);
        await idling.Task;
        clock.Advance(TimeSpan.FromSeconds(55));
        await server.Marked.Task;
        await ImapParts.FaultOf(() => idle.Pass(clock), MailFault.TimedOut);
        Assert.False(imap.IsUsable);
    }

    [Fact]
    public async Task Hard_case_20_refused_and_missing_idle_are_values()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 IDLE").On("A1 IDLE", "A1 NO not for you").On("A2 NOOP", "A2 OK done");
        await using var imap = await server.ConnectAsync();
        Assert.Equal(IdleOutcome.Refused, await imap.IdleAsync(TimeSpan.FromMinutes(28), _ => true, default));
        await imap.NoopAsync(default);

        await using var without = new ScriptedImapServer().Greet("IMAP4rev1");
        await using var other = await without.ConnectAsync();
        Assert.Equal(IdleOutcome.NotSupported, await other.IdleAsync(TimeSpan.FromMinutes(28), _ => true, default));
    }

    [Fact]
    public async Task Hard_case_21_peer_that_is_silently_gone_is_noticed_within_the_command_limit()
    {
        var clock = new ManualClock();
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1").Expect("A1 NOOP").Stall();
        await using var imap = await server.ConnectAsync(clock);
        Assert.True(imap.Transport.KeepsAlive);
        await ImapParts.FaultOf(() => imap.NoopAsync(default).Pass(clock), MailFault.TimedOut);
    }

    [Fact]
    public async Task Hard_case_22_accept_and_drop_is_a_disconnection()
    {
        await using var server = new ScriptedImapServer().Drop();
        await ImapParts.FaultOf(() => server.ConnectAsync(), MailFault.Disconnected);
    }

    [Fact]
    public async Task Hard_case_22_wrong_password_is_tried_once()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 AUTH=PLAIN AUTH=LOGIN SASL-IR")
            .On("A1 AUTHENTICATE PLAIN AHUAd3Jvbmc=", "A1 NO [AUTHENTICATIONFAILED] wrong is wrong").ExpectEnd();
        await using (var imap = await server.ConnectAsync())
        {
            var fault = await ImapParts.FaultOf(() => imap.LoginAsync(new MailCredential("u", "wrong"), default), MailFault.AuthenticationFailed);
            Assert.DoesNotContain("wrong", fault.ServerText, StringComparison.Ordinal);
        }
        await server.FinishedAsync();
    }

    [Theory]
    [InlineData("* BYE [UNAVAILABLE] too many connections\r\n", MailFault.Disconnected)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", MailFault.ProtocolError)]
    [InlineData("220 smtp ready\r\n", MailFault.ProtocolError)]
    [InlineData("\r\n", MailFault.ProtocolError)]
    [InlineData("* \r\n", MailFault.ProtocolError)]
    [InlineData("*", MailFault.Disconnected)]
    public async Task Greeting_that_is_none(string bytes, MailFault fault)
    {
        await using var server = new ScriptedImapServer().Send(bytes).Drop();
        await ImapParts.FaultOf(() => server.ConnectAsync(), fault);
    }

    [Fact]
    public async Task Hard_case_24_bye_inside_a_literal_is_a_disconnection()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1")
            .Expect("A1 UID FETCH 1 (UID FLAGS BODY.PEEK[])").Send("* 1 FETCH (UID 1 BODY[] {500}\r\n* BYE server shutting down\r\n").Drop();
        await using var imap = await server.ConnectAsync();
        await ImapParts.FaultOf(() => imap.FetchAsync(UidSet.Of(1), Basic), MailFault.Disconnected);
    }

    [Fact]
    public async Task Hard_case_24_bye_between_responses_ends_with_its_words()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1").Expect("A1 NOOP").Send("* BYE [UNAVAILABLE] back in an hour\r\n").Drop();
        await using var imap = await server.ConnectAsync();
        var fault = await ImapParts.FaultOf(() => imap.NoopAsync(default), MailFault.Disconnected);
        Assert.Equal(("UNAVAILABLE", "back in an hour"), (fault.Code, fault.ServerText));
    }

    [Fact]
    public async Task Hard_case_24_bye_before_a_tagged_answer_keeps_the_answer()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1").On("A1 LOGIN \"u\" \"p\"", "* BYE too many failures", "A1 NO [AUTHENTICATIONFAILED] no");
        await using var imap = await server.ConnectAsync();
        await ImapParts.FaultOf(() => imap.LoginAsync(new MailCredential("u", "p"), default), MailFault.AuthenticationFailed);
        Assert.False(imap.IsUsable);
    }

    [Fact]
    public async Task A_mail_of_any_size_that_can_be_announced_is_read_past_and_ends_no_connection()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1").Expect("A1 UID FETCH 1 (UID FLAGS BODY.PEEK[])")
            .Send("* 1 FETCH (UID 1 BODY[] {4294967295}\r\n").Drop();
        await using var imap = await server.ConnectAsync();
        await ImapParts.FaultOf(() => imap.FetchAsync(UidSet.Of(1), Basic), MailFault.Disconnected); // it waited for the rest
    }

    [Theory]
    [InlineData("* 1 FETCH (UID 1 BODY[] {4294967296}\r\n", MailFault.LimitExceeded)]
    [InlineData("* 1 FETCH (UID 1 BODY[] {99999999999999999999999}\r\n", MailFault.LimitExceeded)]
    [InlineData("* 1 FETCH (UID 1 ENVELOPE ({65537}\r\n", MailFault.LimitExceeded)]
    [InlineData("* 1 FETCH (UID 1 BODY[] {-1}\r\n", MailFault.ProtocolError)]
    [InlineData("* 1 FETCH (UID 1\r\n", MailFault.ProtocolError)]
    [InlineData("A7 OK of another command\r\n", MailFault.ProtocolError)]
    [InlineData("garbage\r\n", MailFault.ProtocolError)]
    public async Task Hard_case_24_lies_about_lengths_and_broken_answers(string bytes, MailFault fault)
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1").Expect("A1 UID FETCH 1 (UID FLAGS BODY.PEEK[])").Send(bytes).Stall();
        await using var imap = await server.ConnectAsync();
        await ImapParts.FaultOf(() => imap.FetchAsync(UidSet.Of(1), Basic), fault);
        Assert.False(imap.IsUsable);
    }

    [Fact]
    public async Task Hard_case_24_ten_megabyte_line_is_cut_off()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1").Expect("A1 NOOP").Send("* OK " + new string('x', 10_000_000)).Stall();
        await using var imap = await server.ConnectAsync();
        await ImapParts.FaultOf(() => imap.NoopAsync(default), MailFault.LimitExceeded);
    }

    [Fact]
    public async Task Hard_case_24_endless_untagged_responses_are_cut_off()
    {
        var flood = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("* 5 EXISTS\r\n", 2000)));
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1").Expect("A1 NOOP").Send(flood).Stall();
        await using var imap = await server.ConnectAsync(configure: o => o with { Limits = new ImapLimits { UntaggedResponses = 1000 } });
        await ImapParts.FaultOf(() => imap.NoopAsync(default), MailFault.LimitExceeded);
    }

    [Fact]
    public async Task Hard_case_24_text_that_ends_like_a_literal_is_text()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1").On("A1 NOOP", "* OK [ALERT] see {42}", "A1 OK done {7}").On("A2 NOOP", "A2 OK done");
        await using var imap = await server.ConnectAsync();
        var unasked = new List<ImapEvent>();
        imap.Unsolicited = unasked.Add;
        await imap.NoopAsync(default);
        await imap.NoopAsync(default);
        Assert.Equal(new ImapNotice("ALERT", "see {42}"), Assert.Single(unasked));
    }

    [Fact]
    public async Task Hard_case_24_rev2_only_server_has_utf8_names_and_builtin_extensions()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev2 AUTH=PLAIN")
            .On("A1 AUTHENTICATE PLAIN AHUAcA==", "A1 OK [CAPABILITY IMAP4rev2] in")
            .On("A2 LIST \"\" \"*\" RETURN (SPECIAL-USE STATUS (MESSAGES UIDNEXT UIDVALIDITY UNSEEN SIZE))", "* LIST (\\Sent) \"/\" \"R&D B\u00c3\u00bcro\"", "* LIST () \"/\" INBOX", "A2 OK done")
            .Expect("A3 SELECT {9+}").On("R&D B\u00c3\u00bcro", "* 2 EXISTS", "* LIST () \"/\" \"R&D B\u00c3\u00bcro\"", "A3 OK done")
            .On("A4 UID SEARCH RETURN (ALL) ALL", "* ESEARCH (TAG \"A4\") UID ALL 1:2", "A4 OK done");
        await using var imap = await server.ConnectAsync();
        await imap.LoginAsync(new MailCredential("u", "p"), default);
        var sent = (await imap.ListAsync(withStatus: true, default)).Single(m => m.SpecialUse == @"\Sent");
        Assert.Equal("R&D Büro", sent.Name.Text);
        Assert.Equal(2u, (await imap.SelectAsync(sent.Name, new ImapSelectOptions(), default)).Value!.Exists);
        Assert.Equal(2, (await imap.UidSearchAsync(ImapSearch.All, default)).Uids.Count);
    }

    [Fact]
    public async Task Leaving_a_fetch_early_closes_the_connection()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1")
            .On("A1 UID FETCH 1:* (UID FLAGS)", "* 1 FETCH (UID 1 FLAGS ())", "* 2 FETCH (UID 2 FLAGS ())").Stall();
        await using var imap = await server.ConnectAsync();
        await foreach (var message in imap.UidFetchAsync(UidSet.All, FetchItems.Flags, null))
        {
            Assert.Equal(1u, message.Uid);
            break;
        }
        Assert.False(imap.IsUsable);
    }

    [Fact]
    public async Task Second_command_at_the_same_time_is_a_bug_that_throws()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 IDLE").On("A1 IDLE", "+").Mark().Stall();
        await using var imap = await server.ConnectAsync();
        using var stop = new CancellationTokenSource();
        var idle = imap.IdleAsync(TimeSpan.FromMinutes(1), _ => true, stop.Token);
        await server.Marked.Task;
        await Assert.ThrowsAsync<InvalidOperationException>(() => imap.NoopAsync(default));
        await imap.DisposeAsync();
        await ImapParts.FaultOf(() => idle, MailFault.Disconnected);
    }
}
