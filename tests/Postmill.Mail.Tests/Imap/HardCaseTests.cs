using System.Text;
using Postmill.Mail.Imap;
using Postmill.Mail.Net;
using Postmill.Testing;

namespace Postmill.Mail.Tests.Imap;

/// <summary>What servers do to a session once it runs.</summary>
public sealed class HardCaseTests
{
    private const string Flags1 = "A1 UID FETCH 1 (UID FLAGS INTERNALDATE)";
    private const string Body1 = "A1 UID FETCH 1 (BODY.PEEK[])";
    private const string Told1 = "* 1 FETCH (UID 1 FLAGS ())";

    [Fact]
    public async Task Hard_case_5_mod_sequences_above_2_to_the_53_and_beyond_63_bits()
    {
        await using var server = new ScriptedImapServer().In("IMAP4rev1 CONDSTORE")
            .On("A1 SELECT INBOX (CONDSTORE)", "* 1 EXISTS", "* OK [HIGHESTMODSEQ 9223372036854775807] x", "A1 OK done")
            .On("A2 SELECT INBOX (CONDSTORE)", "* 1 EXISTS", "* OK [HIGHESTMODSEQ 18446744073709551615] x", "A2 OK done")
            .On("A3 UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 9223372036854775806)", "* 1 FETCH (UID 1 FLAGS () MODSEQ (9223372036854775807))", "A3 OK done");
        await using var imap = await server.ConnectAsync();
        var options = new ImapSelectOptions();
        Assert.Equal(long.MaxValue, (await imap.SelectAsync(ImapMailboxName.Inbox, options, default)).Value!.HighestModSeq);
        Assert.Null((await imap.SelectAsync(ImapMailboxName.Inbox, options, default)).Value!.HighestModSeq);
        Assert.Equal(1u, Assert.Single(await imap.FlagsAsync(UidSet.All, long.MaxValue - 1)).Uid);
    }

    [Fact]
    public async Task Hard_case_7_expunge_and_fetch_without_uid_in_the_middle_of_a_fetch()
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1")
            .On(
                "A1 UID FETCH 5:9 (UID FLAGS INTERNALDATE)",
                "* 1 FETCH (UID 5 FLAGS (\\Seen) INTERNALDATE \"17-Jul-2024 02:44:25 -0700\")", "* 8 FETCH (FLAGS (\\Seen))", "* 9 FETCH (UID 77 FLAGS (\\Flagged))", "* 3 FETCH (FLAGS (a) UID 8)", "* 4 FETCH (UID 9 FLAGS ())",
                "A1 OK done")
            .On(
                "A1 UID FETCH 5:9 (BODY.PEEK[])",
                "* 1 FETCH (BODY[] {3}", "abc UID 5 FLAGS ())",
                "* 2 EXPUNGE",
                "* 9 FETCH (UID 77 BODY[] {1}", "x)",
                "* 2 FETCH (FLAGS (\\Seen))",
                "* 12 EXISTS",
                "* 3 FETCH (UID 8 BODY[] \"quoted\")",
                "* 4 FETCH (UID 9 BODY[] NIL)",
                "A1 OK done");
        await using var imap = await server.OpenedAsync();
        var unasked = new List<ImapEvent>();
        imap.Unsolicited = unasked.Add;
        var answers = await imap.MailsAsync(UidSet.OfRanges([new(5, 9)]));
        Assert.Equal([5u, 8u], answers.Select(m => m.Uid));
        Assert.Equal(["abc", "quoted"], answers.Select(m => Encoding.ASCII.GetString(m.Body!)));
        Assert.Equal([[@"\Seen"], ["a"]], answers.Select(m => m.Flags));
        Assert.Equal(new DateTimeOffset(2024, 7, 17, 2, 44, 25, TimeSpan.FromHours(-7)), answers[0].InternalDate);
        Assert.Equal(
            [new ImapFlagsChanged(null), new ImapFlagsChanged(77), new ImapFlagsChanged(5), new ImapExpunge(2), new ImapFlagsChanged(null), new ImapExists(12)],
            unasked);
    }

    [Fact]
    public async Task Contents_whose_uid_never_comes_are_not_kept()
    {
        var flood = string.Concat(Enumerable.Repeat("* 2 FETCH (BODY[] {600000}\r\n" + new string('x', 600_000) + ")\r\n", 20));
        await using var server = new ScriptedImapServer().Open("IMAP4rev1")
            .On("A1 UID FETCH 1,3 (UID FLAGS INTERNALDATE)", Told1, "* 3 FETCH (UID 3 FLAGS ())", "A1 OK done")
            .Expect("A1 UID FETCH 1,3 (BODY.PEEK[])").Send(flood + "* 3 FETCH (BODY[] {600000}\r\n" + new string('y', 600_000) + " UID 3)\r\n* 1 FETCH (UID 1 BODY[] {1}\r\na)\r\nA1 OK done\r\n");
        await using var imap = await server.OpenedAsync();
        // No room for 3, whose UID comes behind it; it is missing, as if the server had left it out.
        Assert.Equal([1u], (await imap.MailsAsync(UidSet.Of(1, 3), largest: 1_000_000)).Select(mail => mail.Uid));
    }

    [Fact]
    public async Task Mail_that_comes_between_the_two_questions_is_told_and_kept_for_the_next_round()
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1")
            .On("A1 UID FETCH 9:10 (UID FLAGS INTERNALDATE)", "* 9 FETCH (UID 9 FLAGS (\\Seen) INTERNALDATE \"17-Jul-2024 02:44:25 -0700\")", "A1 OK done")
            .On("A2 UID FETCH 9:10 (BODY.PEEK[])", "* 10 EXISTS", "* 9 FETCH (UID 9 BODY[] {3}", "old)", "* 10 FETCH (UID 10 BODY[] {3}", "new)", "A2 OK done")
            .On("A3 UID FETCH 10 (UID FLAGS INTERNALDATE)", "* 10 FETCH (UID 10 FLAGS (\\Flagged) INTERNALDATE \"18-Jul-2024 02:44:25 +0000\")", "A3 OK done")
            .On("A4 UID FETCH 10 (BODY.PEEK[])", "* 10 FETCH (UID 10 BODY[] {3}", "new)", "A4 OK done");
        await using var imap = await server.OpenedAsync();
        var unasked = new List<ImapEvent>();
        imap.Unsolicited = unasked.Add;
        Assert.Equal([9u], (await imap.MailsAsync(UidSet.OfRanges([new(9, 10)]))).Select(mail => mail.Uid));
        Assert.Contains(new ImapExists(10), unasked);
        var late = Assert.Single(await imap.MailsAsync(UidSet.Of(10)));
        Assert.Equal("new", Encoding.ASCII.GetString(late.Body!));
        Assert.Equal([@"\Flagged"], late.Flags);
        Assert.Equal(new DateTimeOffset(2024, 7, 18, 2, 44, 25, TimeSpan.Zero), late.InternalDate);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Hard_case_16_throttled_exchange_says_how_long_to_stay_away()
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1").On(Flags1, "A1 BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds");
        await using var imap = await server.OpenedAsync();
        var fault = await ImapParts.FaultOf(() => imap.MailsAsync(UidSet.Of(1)), MailFault.CommandRefused);
        Assert.Equal(TimeSpan.FromMilliseconds(92415), fault.RetryAfter);
    }

    [Theory]
    [InlineData("Request is throttled. Suggested Backoff Time: 92415 milliseconds", 92.415)]
    [InlineData("Suggested Backoff Time: 999999999999 milliseconds", 3600d)]
    [InlineData("no", null)]
    public async Task Hard_case_16_back_off_time_is_understood_and_bounded(string words, double? seconds)
    {
        await using var server = new ScriptedImapServer().In("IMAP4rev1").On("A1 NOOP", "A1 NO " + words);
        await using var imap = await server.ConnectAsync();
        var fault = await ImapParts.FaultOf(() => imap.NoopAsync(default), MailFault.CommandRefused);
        Assert.Equal(seconds, fault.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task Hard_case_17_poison_mail_is_found_by_halves_and_named_and_the_others_arrive()
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1")
            .On("A1 UID FETCH 1:5 (UID FLAGS INTERNALDATE)", "* 1 FETCH (UID 1 FLAGS ())", "* 5 FETCH (UID 5 FLAGS ())", "A1 OK done")
            .On("A2 UID FETCH 1:5 (BODY.PEEK[])", "* 1 FETCH (UID 1 BODY[] {1}", "a)", "A2 NO [SERVERBUG] cannot read")
            .On("A3 UID FETCH 2:3 (UID FLAGS INTERNALDATE)", "A3 NO [SERVERBUG] cannot read")
            .On("A4 UID FETCH 2 (UID FLAGS INTERNALDATE)", "* 2 FETCH (UID 2 FLAGS ())", "A4 OK").On("A5 UID FETCH 2 (BODY.PEEK[])", "* 2 FETCH (UID 2 BODY[] {1}", "b)", "A5 OK")
            .On("A6 UID FETCH 3 (UID FLAGS INTERNALDATE)", "A6 NO [SERVERBUG] cannot read")
            .On("A7 UID FETCH 4:5 (UID FLAGS INTERNALDATE)", "* 5 FETCH (UID 5 FLAGS ())", "A7 OK").On("A8 UID FETCH 4:5 (BODY.PEEK[])", "* 5 FETCH (UID 5 BODY[] {1}", "c)", "A8 OK");
        await using var imap = await server.OpenedAsync();
        var refusals = new List<(uint, string?)>();
        var answers = await imap.MailsAsync(UidSet.OfRanges([new(1, 5)]), refused: (uid, refusal) => refusals.Add((uid, refusal.Code)));
        Assert.Equal([1u, 2u, 5u], answers.Select(m => m.Uid));
        Assert.Equal([(3u, "SERVERBUG")], refusals);
        Assert.True(imap.IsUsable);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Hard_case_18_list_without_inbox_and_numbers_as_reals()
    {
        await using var server = new ScriptedImapServer().In("IMAP4rev1")
            .On("A1 LIST \"\" \"\"", "* LIST (\\Noselect) \"/\" \"\"", "A1 OK done").On("A1 LIST \"\" \"INBOX\"", "A1 OK what inbox?")
            .On("A1 LIST \"\" \"*\"", "* LIST () \"/\" Work", "A1 OK done")
            .On("A3 SELECT INBOX", "* 1.8e+06 EXISTS", "* OK [UIDVALIDITY 5] x", "A3 OK done").On("A3 UID SEARCH ALL", "* SEARCH 1 2 3 ", "A3 OK")
            .On(Flags1, "* 1 FETCH (UID 1 FLAGS () INTERNALDATE \"00-Jan-0000 00:00:00 +0000\" RFC822.SIZE 0)", "A4 OK done").On(Body1, "* 1 FETCH (UID 1 BODY[] {0}", ")", "A4 OK done");
        await using var imap = await server.ConnectAsync();
        Assert.Equal(["Work", "INBOX"], (await imap.ListAsync(withStatus: false, default)).Select(m => m.Name.Text));
        // What is no number says nothing, so the mails are counted.
        Assert.Equal(3u, (await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions(), default)).Value!.Exists);
        var message = Assert.Single(await imap.MailsAsync(UidSet.Of(1)));
        Assert.Null(message.InternalDate);
        Assert.Empty(message.Body!);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Hard_case_18_server_that_has_no_mailboxes_at_the_root_is_listed_by_its_namespaces()
    {
        await using var server = new ScriptedImapServer().In("IMAP4rev1 NAMESPACE")
            .On("A1 NAMESPACE", "* NAMESPACE ((\"INBOX.\" \".\")) NIL ((\"Shared.\" \".\"))", "A1 OK done")
            .On("A1 LIST \"\" \"INBOX.*\"", "* LIST () \".\" INBOX.Sent", "A1 OK done")
            .On("A1 LIST \"\" \"Shared.*\"", "* LIST () \".\" Shared.Team", "A1 OK done");
        await using var imap = await server.ConnectAsync();
        Assert.Equal(["INBOX", "INBOX.Sent", "Shared.Team"], (await imap.ListAsync(withStatus: false, default)).Select(m => m.Name.Wire).Order(StringComparer.Ordinal));
        await server.FinishedAsync();
    }

    [Theory]
    [InlineData("17-Jul-1996 02:44:25 -0700", "1996-07-17T02:44:25-07:00")]
    [InlineData(" 7-Jul-1996 02:44:25 +0000", "1996-07-07T02:44:25+00:00")]
    [InlineData("7-jul-1996 2:04:05 +0530", "1996-07-07T02:04:05+05:30")]
    [InlineData("01-Jan-2024 00:00:00", null)]
    [InlineData("00-Jan-0000 00:00:00 +0000", null)]
    [InlineData("01-Xxx-2020 00:00:00 +0000", null)]
    [InlineData("", null)]
    public async Task Hard_case_18_internal_dates_as_servers_write_them(string text, string? expected)
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1")
            .On(Flags1, $"* 1 FETCH (UID 1 FLAGS () INTERNALDATE \"{text}\")", "A1 OK").On(Body1, "* 1 FETCH (UID 1 BODY[] {1}", "a)", "A1 OK");
        await using var imap = await server.OpenedAsync();
        var date = Assert.Single(await imap.MailsAsync(UidSet.Of(1))).InternalDate;
        Assert.Equal(expected, date?.ToString("yyyy-MM-ddTHH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Hard_case_20_idle_is_renewed_before_the_limit()
    {
        var clock = new ManualClock();
        await using var server = new ScriptedImapServer().Open("IMAP4rev1 IDLE").On("A1 IDLE", "+ idling", "* 10 EXISTS").On("DONE", "A1 OK done").On("A2 NOOP", "A2 OK done");
        await using var imap = await server.OpenedAsync(clock);
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
        await using var server = new ScriptedImapServer().Open("IMAP4rev1 IDLE").On("A1 IDLE", "+ idling", "* 10 EXISTS").Expect("DONE").Mark().Stall();
        await using var imap = await server.OpenedAsync(clock);
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
        await using var server = new ScriptedImapServer().Open("IMAP4rev1 IDLE").On("A1 IDLE", "A1 NO not for you").On("A2 NOOP", "A2 OK done");
        await using var imap = await server.OpenedAsync();
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
        await using var server = new ScriptedImapServer().In("IMAP4rev1").Expect("A1 NOOP").Stall();
        await using var imap = await server.ConnectAsync(clock);
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
        await using var server = new ScriptedImapServer().Open("IMAP4rev1").On(Flags1, Told1, "A1 OK")
            .Expect(Body1).Send("* 1 FETCH (UID 1 BODY[] {500}\r\n* BYE server shutting down\r\n").Drop();
        await using var imap = await server.OpenedAsync();
        var fault = await ImapParts.FaultOf(() => imap.MailsAsync(UidSet.Of(1)), MailFault.Disconnected);
        Assert.Null(fault.ServerText);
    }

    [Fact]
    public async Task Hard_case_24_bye_between_responses_ends_with_its_words()
    {
        await using var server = new ScriptedImapServer().In("IMAP4rev1").Expect("A1 NOOP").Send("* BYE [UNAVAILABLE] back in an hour\r\n").Drop();
        await using var imap = await server.ConnectAsync();
        var fault = await ImapParts.FaultOf(() => imap.NoopAsync(default), MailFault.Disconnected);
        Assert.Equal(("UNAVAILABLE", "back in an hour"), (fault.Code, fault.ServerText));
    }

    [Fact]
    public async Task Hard_case_24_bye_before_a_tagged_answer_keeps_the_answer()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1").On("A1 LOGIN u p", "* BYE too many failures", "A1 NO [AUTHENTICATIONFAILED] no");
        await using var imap = await server.ConnectAsync();
        await ImapParts.FaultOf(() => imap.LoginAsync(new MailCredential("u", "p"), default), MailFault.AuthenticationFailed);
        Assert.False(imap.IsUsable);
    }

    [Fact]
    public async Task A_mail_of_any_size_that_MailKit_can_count_is_read_past_and_ends_no_connection()
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1").On(Flags1, Told1, "A1 OK").Expect(Body1).Send("* 1 FETCH (UID 1 BODY[] {2147483647}\r\n").Drop();
        await using var imap = await server.OpenedAsync();
        await ImapParts.FaultOf(() => imap.MailsAsync(UidSet.Of(1)), MailFault.Disconnected); // it waited for the rest
    }

    [Theory]
    [InlineData("* 1 FETCH (UID 1 BODY[] {2147483648}\r\n", MailFault.LimitExceeded)]
    [InlineData("* 1 FETCH (UID 1 BODY[] {99999999999999999999999}\r\n", MailFault.LimitExceeded)]
    [InlineData("* 1 FETCH (UID 1 BODY[] {-1}\r\n", MailFault.ProtocolError)]
    [InlineData("* 1 FETCH UID 1\r\n", MailFault.ProtocolError)]
    [InlineData("* 1 FETCH (UID 0 BODY[] {1}\r\na)\r\n", MailFault.ProtocolError)]
    [InlineData("* 1 FETCH (UID 1 FLAGS (a%b))\r\n", MailFault.ProtocolError)]
    [InlineData("* X-UNKNOWN {\r\n", MailFault.ProtocolError)]
    [InlineData("* 1 FETCH (UID 1 X (((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((", MailFault.LimitExceeded)]
    [InlineData("Z7 OK of another command\r\n", MailFault.ProtocolError)]
    [InlineData("garbage\r\n", MailFault.ProtocolError)]
    public async Task Hard_case_24_lies_about_lengths_and_broken_answers(string bytes, MailFault fault)
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1").On(Flags1, Told1, "A1 OK").Expect(Body1).Send(bytes).Stall();
        await using var imap = await server.OpenedAsync();
        await ImapParts.FaultOf(() => imap.MailsAsync(UidSet.Of(1)), fault);
        Assert.False(imap.IsUsable);
    }

    [Theory]
    [InlineData("* 0 FETCH (UID 1 FLAGS ())")]
    [InlineData("* 4294967295 EXISTS")]
    [InlineData("* VANISHED 1:4294967295")]
    [InlineData("* VANISHED 1:4294967295,5")]
    [InlineData("* VANISHED x")]
    [InlineData("* LIST () \"/\" NIL")]
    [InlineData("* ESEARCH (TAG \"x\") UID ALL 1:4294967295")]
    [InlineData("* STATUS INBOX (MESSAGES 1.8e+06)")]
    [InlineData("* 1 FETCH (UID 4294967296 FLAGS ())")]
    [InlineData("* FLAGS (a%b)")]
    [InlineData("* OK [CAPABILITY")]
    [InlineData("* OK [UIDVALIDITY 99999999999] x")]
    [InlineData("* SEARCH 1 2 x")]
    public async Task Odd_lines_that_nobody_asked_for_are_passed_over_or_end_the_connection_with_a_fault(string line)
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1 CONDSTORE").On("A1 NOOP", line, "A1 OK done").On("A2 NOOP", "A2 OK").Stall();
        await using var imap = await server.OpenedAsync();
        var told = 0;
        imap.Unsolicited = _ => told++;
        try
        {
            await imap.NoopAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
            await imap.NoopAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
            Assert.InRange(told, 0, 3);
        }
        catch (MailServerException fault)
        {
            Assert.Equal(MailFault.ProtocolError, fault.Fault);
            Assert.False(imap.IsUsable);
        }
    }

    [Theory]
    [InlineData("31-Feb-2020 00:00:00 +0000")]
    [InlineData("01-Jan-99999 00:00:00 +0000")]
    public async Task A_date_that_no_calendar_has_ends_the_connection(string date)
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1").On(Flags1, $"* 1 FETCH (UID 1 FLAGS () INTERNALDATE \"{date}\")", "A1 OK").Stall();
        await using var imap = await server.OpenedAsync();
        await ImapParts.FaultOf(() => imap.MailsAsync(UidSet.Of(1)), MailFault.ProtocolError);
    }

    [Fact]
    public async Task Hard_case_24_ten_megabyte_line_is_cut_off()
    {
        await using var server = new ScriptedImapServer().In("IMAP4rev1").Expect("A1 NOOP").Send("* OK " + new string('x', 10_000_000)).Stall();
        await using var imap = await server.ConnectAsync();
        await ImapParts.FaultOf(() => imap.NoopAsync(default), MailFault.LimitExceeded);
    }

    [Fact]
    public async Task Hard_case_24_endless_untagged_responses_are_cut_off()
    {
        var flood = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("* 5 EXISTS\r\n", 2000)));
        await using var server = new ScriptedImapServer().In("IMAP4rev1").Expect("A1 NOOP").Send(flood).Stall();
        await using var imap = await server.ConnectAsync(configure: o => o with { Limits = new GuardLimits { AnswerLines = 1000 } });
        await ImapParts.FaultOf(() => imap.NoopAsync(default), MailFault.LimitExceeded);
    }

    [Fact]
    public async Task Hard_case_24_text_that_ends_like_a_literal_is_text()
    {
        await using var server = new ScriptedImapServer().In("IMAP4rev1").On("A1 NOOP", "* OK [ALERT] see {42}", "A1 OK done {7}").On("A2 NOOP", "A2 OK done");
        await using var imap = await server.ConnectAsync();
        await imap.NoopAsync(default);
        await imap.NoopAsync(default);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Hard_case_24_rev2_only_server_has_utf8_names_and_builtin_extensions()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev2 AUTH=PLAIN")
            .On("A1 AUTHENTICATE PLAIN AHUAcA==", "A1 OK [CAPABILITY IMAP4rev2] in")
            .On("A1 NAMESPACE", "* NAMESPACE ((\"\" \"/\")) NIL NIL", "A1 OK")
            .On("A2 LIST (SPECIAL-USE) \"\" \"*\" RETURN (SUBSCRIBED CHILDREN)", "* LIST (\\Sent) \"/\" \"R&D B\u00c3\u00bcro\"", "A2 OK done")
            .On("A2 LIST \"\" \"*\" RETURN (SUBSCRIBED CHILDREN STATUS (MESSAGES UIDNEXT UIDVALIDITY))", "* LIST () \"/\" \"R&D B\u00c3\u00bcro\"", "* LIST () \"/\" INBOX", "A2 OK done")
            .Expect("A3 SELECT {9+}").On("R&D B\u00c3\u00bcro", "* 2 EXISTS", "* LIST () \"/\" \"R&D B\u00c3\u00bcro\"", "A3 OK done")
            .On("A4 UID SEARCH RETURN (ALL) ALL", "* ESEARCH (TAG \"A4\") UID ALL 1:2", "A4 OK done");
        await using var imap = await server.ConnectAsync();
        await imap.LoginAsync(new MailCredential("u", "p"), default);
        var sent = (await imap.ListAsync(withStatus: true, default)).Single(m => m.SpecialUse == @"\Sent");
        Assert.Equal("R&D Büro", sent.Name.Text);
        Assert.Equal(2u, (await imap.SelectAsync(sent.Name, new ImapSelectOptions(), default)).Value!.Exists);
        Assert.Equal(2, (await imap.SearchAllAsync(default)).Count);
    }

    [Fact]
    public async Task Leaving_a_fetch_early_closes_the_connection()
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1")
            .On("A1 UID FETCH 1:2 (UID FLAGS INTERNALDATE)", "* 1 FETCH (UID 1 FLAGS ())", "* 2 FETCH (UID 2 FLAGS ())", "A1 OK")
            .On("A1 UID FETCH 1:2 (BODY.PEEK[])", "* 1 FETCH (UID 1 BODY[] {1}", "a)").Stall();
        await using var imap = await server.OpenedAsync();
        await foreach (var mail in imap.FetchMailsAsync(UidSet.Of(1, 2), 1000, (_, _) => { }))
        {
            Assert.Equal(1u, mail.Uid);
            break;
        }

        Assert.False(imap.IsUsable);
    }

    [Fact]
    public async Task Idle_that_the_server_ends_is_a_value()
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1 IDLE").On("A1 IDLE", "+ idling", "A1 OK enough").On("A2 SELECT INBOX", "* 9 EXISTS", "A2 OK [READ-WRITE] x")
            .On("A3 IDLE", "+ idling", "* 10 EXISTS").On("DONE", "A3 OK");
        await using var imap = await server.OpenedAsync();
        Assert.Equal(IdleOutcome.ServerEnded, await imap.IdleAsync(TimeSpan.FromMinutes(1), _ => true, default));
        Assert.True((await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions(), default)).IsOk);
        Assert.Equal(IdleOutcome.ListenerEnded, await imap.IdleAsync(TimeSpan.FromMinutes(1), happened => happened is not ImapExists { Count: 10 }, default));
    }

    [Fact]
    public async Task Second_command_at_the_same_time_is_a_bug_that_throws()
    {
        await using var server = new ScriptedImapServer().Open("IMAP4rev1 IDLE").On("A1 IDLE", "+").Mark().Stall();
        await using var imap = await server.OpenedAsync();
        using var stop = new CancellationTokenSource();
        var idle = imap.IdleAsync(TimeSpan.FromMinutes(1), _ => true, stop.Token);
        await server.Marked.Task;
        await Assert.ThrowsAsync<InvalidOperationException>(() => imap.NoopAsync(default));
        await imap.DisposeAsync();
        await ImapParts.FaultOf(() => idle, MailFault.Disconnected);
    }
}
