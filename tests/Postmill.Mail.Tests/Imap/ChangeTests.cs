using System.Text;
using Postmill.Mail.Imap;
using Postmill.Mail.Net;

namespace Postmill.Mail.Tests.Imap;

/// <summary>Commands that change a mailbox, byte for byte; what servers answer to them, and what broken ones do.</summary>
public sealed class ChangeTests
{
    private static readonly ImapMailboxName Trash = ImapMailboxName.FromWire("Trash");
    private static readonly DateTimeOffset Date = new(2024, 3, 5, 9, 0, 7, TimeSpan.FromHours(1));

    [Fact]
    public async Task Flags_are_set_and_taken_silently()
    {
        await using var server = Given("IMAP4rev1")
            .On("A2 UID STORE 3,7:9 +FLAGS.SILENT (\\Flagged \\Seen)", "* 2 FETCH (FLAGS (\\Seen))", "A2 OK done")
            .On("A3 UID STORE 3 -FLAGS.SILENT (\\Seen)", "A3 NO [NOPERM] read only");
        await using var imap = await InAsync(server);
        Assert.Null(await imap.StoreAsync(UidSet.Of(7, 3, 8, 9), [@"\Seen", @"\Flagged"], set: true, default));
        var refused = await imap.StoreAsync(UidSet.Of(3), [@"\Seen"], set: false, default);
        Assert.Equal(("NOPERM", "read only"), (refused!.Code, refused.Text));
        Assert.True(imap.IsUsable);
        await server.FinishedAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("\\")]
    [InlineData("a b")]
    [InlineData("x) BODY")]
    [InlineData("x\r\nA9 LOGOUT")]
    public async Task What_is_no_flag_is_never_sent(string flag)
    {
        await using var server = Given("IMAP4rev1").On("A2 NOOP", "A2 OK done");
        await using var imap = await InAsync(server);
        await Assert.ThrowsAsync<ArgumentException>(() => imap.StoreAsync(UidSet.Of(1), [flag], set: true, default));
    }

    [Fact]
    public async Task Move_tells_where_the_mails_are_before_they_go()
    {
        await using var server = Given("IMAP4rev1 MOVE UIDPLUS", "Trash").On(
            "A2 UID MOVE 42:43 Trash",
            "* OK [COPYUID 432432 42:43 1202:1203] copied", "* 22 EXPUNGE", "* 22 EXPUNGE", "A2 OK done");
        await using var imap = await InAsync(server);
        var gone = new List<ImapEvent>();
        imap.Unsolicited = gone.Add;
        var moved = (await imap.MoveAsync(UidSet.Of(42, 43), Trash, default)).Value!;
        Assert.Equal((432432u, "1202:1203"), (moved.UidValidity!.Value, moved.Target.ToString()));
        Assert.Equal([new ImapExpunge(22), new ImapExpunge(22), new ImapExists(7)], gone);
        await server.FinishedAsync();
    }

    [Theory]
    [InlineData("[COPYUID 38505 304,319:320 3956:3958]", 38505u, "3956:3958")]
    [InlineData("[COPYUID 38505 304,319:320 3956]", null, "")]
    [InlineData("[COPYUID 0 304 3956]", null, "")]
    [InlineData("[COPYUID 38505]", null, "")]
    [InlineData("", null, "")]
    public async Task Copy_is_told_by_COPYUID_and_a_broken_one_is_as_good_as_none(string code, uint? validity, string uids)
    {
        await using var server = Given("IMAP4rev1 UIDPLUS", "Trash").On("A2 UID COPY 304,319:320 Trash", $"A2 OK {code} done");
        await using var imap = await InAsync(server);
        var copied = (await imap.CopyAsync(UidSet.Of(304, 319, 320), Trash, default)).Value!;
        Assert.Equal((validity, uids), (copied.UidValidity, copied.Target.ToString()));
    }

    [Fact]
    public async Task Expunge_names_its_mails_and_is_not_there_without_uidplus()
    {
        await using var server = Given("IMAP4rev1 UIDPLUS").On("A2 UID EXPUNGE 3:4", "* 3 EXPUNGE", "A2 OK done");
        await using var imap = await InAsync(server);
        Assert.Null(await imap.ExpungeAsync(UidSet.Of(3, 4), default));
        await using var old = Given("IMAP4rev1");
        await using var plain = await InAsync(old);
        await Assert.ThrowsAsync<InvalidOperationException>(() => plain.ExpungeAsync(UidSet.Of(3), default));
        await Assert.ThrowsAsync<InvalidOperationException>(() => plain.MoveAsync(UidSet.Of(3), Trash, default));
    }

    [Fact]
    public async Task Refused_copy_says_when_the_mailbox_is_missing()
    {
        await using var server = Given("IMAP4rev1 UIDPLUS", "Trash").On("A2 UID COPY 1 Trash", "A2 NO [TRYCREATE] no such mailbox").On("A3 LIST \"\" Nowhere", "A3 OK none").On("A4 NOOP", "A4 OK");
        await using var imap = await InAsync(server);
        Assert.Equal("TRYCREATE", (await imap.CopyAsync(UidSet.Of(1), Trash, default)).Refusal!.Code);
        Assert.Equal("NONEXISTENT", (await imap.CopyAsync(UidSet.Of(1), ImapMailboxName.FromWire("Nowhere"), default)).Refusal!.Code);
        await imap.NoopAsync(default);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Without_uidplus_mails_are_copied_by_their_numbers_of_this_moment()
    {
        await using var server = Given("IMAP4rev1", "Trash").On("A2 SEARCH UID 31,40", "* SEARCH 2 5", "A2 OK done").On("A3 COPY 2,5 Trash", "A3 OK done");
        await using var imap = await InAsync(server);
        Assert.Null((await imap.CopyAsync(UidSet.Of(31, 40), Trash, default)).Value!.UidValidity);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task A_mailbox_that_is_read_only_is_never_changed()
    {
        await using var server = new ScriptedImapServer().In("IMAP4rev1").On("A1 SELECT INBOX", "* 1 EXISTS", "A1 OK [READ-ONLY] open").On("A2 NOOP", "A2 OK");
        await using var imap = await server.OpenedAsync();
        Assert.Equal("READ-ONLY", (await imap.StoreAsync(UidSet.Of(1), [@"\Seen"], set: true, default))!.Code);
        await imap.NoopAsync(default);
        await server.FinishedAsync();
    }

    [Theory]
    [InlineData("IMAP4rev1 LITERAL+ UIDPLUS")]
    [InlineData("IMAP4rev1 LITERAL- UIDPLUS")]
    public async Task Append_without_waiting_where_the_server_allows_it(string capabilities)
    {
        await using var server = Given(capabilities, "Sent")
            .Expect("A2 APPEND Sent (\\Seen) \"05-Mar-2024 09:00:07 +0100\" {14+}").Expect("Subject: x").Expect("").Expect("")
            .Send("* 5 EXISTS\r\nA2 OK [APPENDUID 38505 3955] done\r\n");
        await using var imap = await InAsync(server);
        var appended = (await imap.AppendAsync(Sent, new ImapAppend(14) { Flags = [@"\Seen"], InternalDate = Date }, Content("Subject: x\r\n\r\nnot read"), default)).Value!;
        Assert.Equal(new ImapAppended(38505, 3955), appended);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Append_waits_for_the_plus_elsewhere_and_a_refusal_before_it_costs_no_content()
    {
        await using var server = Given("IMAP4rev1", "Sent")
            .On("A2 APPEND Sent {3}", "+ go").On("abc", "A2 OK done")
            .On("A3 APPEND Sent {3}", "A3 NO [TRYCREATE] no such mailbox")
            .On("A4 NOOP", "A4 OK done");
        await using var imap = await InAsync(server);
        Assert.Equal(new ImapAppended(null, null), (await imap.AppendAsync(Sent, new ImapAppend(3), Content("abc"), default)).Value);
        Assert.Equal("TRYCREATE", (await imap.AppendAsync(Sent, new ImapAppend(3), Content("abc"), default)).Refusal!.Code);
        await imap.NoopAsync(default);
        await server.FinishedAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public async Task Append_of_any_octets_under_a_name_that_is_a_literal_itself(int length)
    {
        // Octets that no writer of mails would leave as they are: bare ends of lines, blanks before them, zeros, 8 bits.
        var octets = new byte[length];
        new Random(1).NextBytes(octets);
        var name = ImapMailboxName.FromWire("S\u00c3\u00a9nt");
        var received = new byte[length];
        // LITERAL- lets the name go at once and makes a large content wait.
        var server = new ScriptedImapServer().Open("IMAP4rev1 LITERAL-").On("A1 LIST \"\" S&AOk-nt", "A1 OK none").On("A1 LIST \"\" \"*\"", "* LIST () \"/\" \"S\u00c3\u00a9nt\"", "A1 OK")
            .Expect("A2 APPEND {5+}");
        server = length > 4096 ? server.On($"S\u00c3\u00a9nt {{{length}}}", "+ go") : server.Expect($"S\u00c3\u00a9nt {{{length}+}}");
        await using var whole = server.Receive(received).On("", "A2 OK [APPENDUID 1 2] done");
        await using var imap = await InAsync(whole);
        var appended = await imap.AppendAsync(name, new ImapAppend(length), new MemoryStream(octets), default);
        Assert.Equal(new ImapAppended(1, 2), appended.Value);
        await whole.FinishedAsync();
        Assert.Equal(octets, received);
    }

    [Fact]
    public async Task Content_that_ends_too_early_ends_the_connection_before_the_server_has_a_mail()
    {
        await using var server = Given("IMAP4rev1 LITERAL+", "Sent").Expect("A2 APPEND Sent {100+}").ExpectEnd();
        await using var imap = await InAsync(server);
        await Assert.ThrowsAsync<EndOfStreamException>(() => imap.AppendAsync(Sent, new ImapAppend(100), Content("short"), default));
        Assert.False(imap.IsUsable);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Connection_lost_after_the_content_is_a_fault_with_an_unknown_outcome()
    {
        await using var server = Given("IMAP4rev1 LITERAL+", "Sent").Expect("A2 APPEND Sent {3+}").Expect("abc").Drop();
        await using var imap = await InAsync(server);
        var fault = await Assert.ThrowsAsync<MailServerException>(() => imap.AppendAsync(Sent, new ImapAppend(3), Content("abc"), default));
        Assert.Equal(MailFault.Disconnected, fault.Fault);
    }

    private static ImapMailboxName Sent => ImapMailboxName.FromWire("Sent");

    /// <param name="capabilities">The server's.</param>
    /// <param name="mailbox">What MailKit looks for before it is used.</param>
    private static ScriptedImapServer Given(string capabilities, string? mailbox = null)
    {
        var server = new ScriptedImapServer().Open(capabilities);
        return mailbox is null ? server : server.On($"A1 LIST \"\" {mailbox}", $"* LIST () \"/\" {mailbox}", "A1 OK done");
    }

    private static Task<ImapConnection> InAsync(ScriptedImapServer server) => server.OpenedAsync();

    private static MemoryStream Content(string text) => new(Encoding.Latin1.GetBytes(text));
}
