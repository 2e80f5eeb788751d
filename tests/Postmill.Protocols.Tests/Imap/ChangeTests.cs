using System.Text;
using Postmill.Protocols.Imap;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Tests.Imap;

/// <summary>Commands that change a mailbox, byte for byte; what servers answer to them, and what broken ones do.</summary>
public sealed class ChangeTests
{
    private static readonly MailCredential User = new("fred", "secret");
    private static readonly ImapMailboxName Trash = ImapMailboxName.FromWire("Trash");
    private static readonly DateTimeOffset Date = new(2024, 3, 5, 9, 0, 7, TimeSpan.FromHours(1));

    [Fact]
    public async Task Flags_are_set_and_taken_silently()
    {
        await using var server = Given("IMAP4rev1")
            .On("A2 UID STORE 3,7:9 +FLAGS.SILENT (\\Seen \\Flagged)", "* 2 FETCH (FLAGS (\\Seen))", "A2 OK done")
            .On("A3 UID STORE 3 -FLAGS.SILENT (\\Seen)", "A3 NO [NOPERM] read only");
        await using var imap = await InAsync(server);
        Assert.Null(await imap.UidStoreAsync(UidSet.Of(7, 3, 8, 9), [@"\Seen", @"\Flagged"], set: true, default));
        var refused = await imap.UidStoreAsync(UidSet.Of(3), [@"\Seen"], set: false, default);
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
        await Assert.ThrowsAsync<ArgumentException>(() => imap.UidStoreAsync(UidSet.Of(1), [flag], set: true, default));
    }

    [Fact]
    public async Task Move_tells_where_the_mails_are_before_they_go()
    {
        await using var server = Given("IMAP4rev1 MOVE UIDPLUS").On(
            "A2 UID MOVE 42:43 \"Trash\"",
            "* OK [COPYUID 432432 42:43 1202:1203] copied", "* 22 EXPUNGE", "* 22 EXPUNGE", "A2 OK done");
        await using var imap = await InAsync(server);
        var gone = new List<ImapEvent>();
        imap.Unsolicited = gone.Add;
        var moved = (await imap.UidMoveAsync(UidSet.Of(42, 43), Trash, default)).Value!;
        Assert.Equal((432432u, "42:43", "1202:1203"), (moved.UidValidity!.Value, moved.Source.ToString(), moved.Target.ToString()));
        Assert.Equal([new ImapExpunge(22), new ImapExpunge(22)], gone);
        await server.FinishedAsync();
    }

    [Theory]
    [InlineData("[COPYUID 38505 304,319:320 3956:3958]", 38505u, "3956:3958")]
    [InlineData("[COPYUID 38505 304,319:320 3956]", null, "")]
    [InlineData("[COPYUID 0 304 3956]", null, "")]
    [InlineData("[COPYUID x 304 3956]", null, "")]
    [InlineData("[COPYUID 38505]", null, "")]
    [InlineData("", null, "")]
    public async Task Copy_is_told_by_COPYUID_and_a_broken_one_is_as_good_as_none(string code, uint? validity, string uids)
    {
        await using var server = Given("IMAP4rev1 UIDPLUS").On("A2 UID COPY 304,319:320 \"Trash\"", $"A2 OK {code} done");
        await using var imap = await InAsync(server);
        var copied = (await imap.UidCopyAsync(UidSet.Of(304, 319, 320), Trash, default)).Value!;
        Assert.Equal((validity, uids), (copied.UidValidity, copied.Target.ToString()));
    }

    [Fact]
    public async Task Expunge_names_its_mails_and_is_not_there_without_uidplus()
    {
        await using var server = Given("IMAP4rev1 UIDPLUS").On("A2 UID EXPUNGE 3:4", "* 3 EXPUNGE", "A2 OK done");
        await using var imap = await InAsync(server);
        Assert.Null(await imap.UidExpungeAsync(UidSet.Of(3, 4), default));
        await using var old = Given("IMAP4rev1");
        await using var plain = await InAsync(old);
        await Assert.ThrowsAsync<InvalidOperationException>(() => plain.UidExpungeAsync(UidSet.Of(3), default));
        await Assert.ThrowsAsync<InvalidOperationException>(() => plain.UidMoveAsync(UidSet.Of(3), Trash, default));
    }

    [Fact]
    public async Task Refused_copy_says_when_the_mailbox_is_missing()
    {
        await using var server = Given("IMAP4rev1").On("A2 UID COPY 1 \"Trash\"", "A2 NO [TRYCREATE] no such mailbox");
        await using var imap = await InAsync(server);
        Assert.Equal("TRYCREATE", (await imap.UidCopyAsync(UidSet.Of(1), Trash, default)).Refusal!.Code);
    }

    [Theory]
    [InlineData("IMAP4rev1 LITERAL+ UIDPLUS")]
    [InlineData("IMAP4rev1 LITERAL- UIDPLUS")]
    public async Task Append_without_waiting_where_the_server_allows_it(string capabilities)
    {
        await using var server = Given(capabilities)
            .Expect("A2 APPEND \"Sent\" (\\Seen) \"05-Mar-2024 09:00:07 +0100\" {14+}").Expect("Subject: x").Expect("").Expect("")
            .Send("* 5 EXISTS\r\nA2 OK [APPENDUID 38505 3955] done\r\n");
        await using var imap = await InAsync(server);
        var appended = (await imap.AppendAsync(Sent, new ImapAppend(14) { Flags = [@"\Seen"], InternalDate = Date }, Content("Subject: x\r\n\r\nnot read"), default)).Value!;
        Assert.Equal(new ImapAppended(38505, 3955), appended);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Append_waits_for_the_plus_elsewhere_and_a_refusal_before_it_costs_no_content()
    {
        await using var server = Given("IMAP4rev1")
            .On("A2 APPEND \"Sent\" {3}", "+ go").On("abc", "A2 OK done")
            .On("A3 APPEND \"Sent\" {3}", "A3 NO [TRYCREATE] no such mailbox")
            .On("A4 NOOP", "A4 OK done");
        await using var imap = await InAsync(server);
        Assert.Equal(new ImapAppended(null, null), (await imap.AppendAsync(Sent, new ImapAppend(3), Content("abc"), default)).Value);
        Assert.Equal("TRYCREATE", (await imap.AppendAsync(Sent, new ImapAppend(3), Content("abc"), default)).Refusal!.Code);
        await imap.NoopAsync(default);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Append_of_a_large_mail_under_a_name_that_is_a_literal_itself()
    {
        var line = new string('x', 997);
        var lines = Enumerable.Repeat(line, 300).ToList();
        var name = ImapMailboxName.FromWire("S\u00e9nt");
        var length = lines.Count * 999;
        // LITERAL- lets the name go at once and makes the content wait.
        var server = Given("IMAP4rev1 LITERAL-").Expect("A2 APPEND {4+}").On($"S\u00e9nt {{{length}}}", "+ go");
        foreach (var one in lines) server.Expect(one);
        await using var whole = server.On("", "A2 OK [APPENDUID 1 2] done");
        await using var imap = await InAsync(whole);
        var appended = await imap.AppendAsync(name, new ImapAppend(length), Content(string.Concat(lines.Select(l => l + "\r\n"))), default);
        Assert.Equal(new ImapAppended(1, 2), appended.Value);
        await whole.FinishedAsync();
    }

    [Fact]
    public async Task Content_that_ends_too_early_ends_the_connection_before_the_server_has_a_mail()
    {
        await using var server = Given("IMAP4rev1 LITERAL+").ExpectEnd();
        await using var imap = await InAsync(server);
        await Assert.ThrowsAsync<EndOfStreamException>(() => imap.AppendAsync(Sent, new ImapAppend(100), Content("short"), default));
        Assert.False(imap.IsUsable);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Connection_lost_after_the_content_is_a_fault_with_an_unknown_outcome()
    {
        await using var server = Given("IMAP4rev1 LITERAL+").Expect("A2 APPEND \"Sent\" {3+}").Expect("abc").Drop();
        await using var imap = await InAsync(server);
        var fault = await Assert.ThrowsAsync<MailServerException>(() => imap.AppendAsync(Sent, new ImapAppend(3), Content("abc"), default));
        Assert.Equal(MailFault.Disconnected, fault.Fault);
    }

    private static ImapMailboxName Sent => ImapMailboxName.FromWire("Sent");

    private static ScriptedImapServer Given(string capabilities) =>
        new ScriptedImapServer().Greet(capabilities).On("A1 LOGIN \"fred\" \"secret\"", $"A1 OK [CAPABILITY {capabilities}] in");

    private static async Task<ImapConnection> InAsync(ScriptedImapServer server)
    {
        var imap = await server.ConnectAsync();
        await imap.LoginAsync(User, default);
        return imap;
    }

    private static MemoryStream Content(string text) => new(Encoding.Latin1.GetBytes(text));
}
