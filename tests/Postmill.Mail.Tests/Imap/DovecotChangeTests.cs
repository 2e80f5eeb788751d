using System.Security.Cryptography;
using System.Text;
using Postmill.Mail.Imap;
using Postmill.Mail.Net;
using Postmill.Testing.Samples;
using Postmill.Testing.Servers;

namespace Postmill.Mail.Tests.Imap;

/// <summary>Commands that change a mailbox, with a real server.</summary>
public sealed class DovecotChangeTests(DovecotFixture fixture) : IClassFixture<DovecotFixture>
{
    private readonly DovecotServer _dovecot = fixture.Server;

    [Fact]
    public async Task Flag_move_copy_and_expunge_do_what_they_say()
    {
        await using var imap = await InboxAsync("changes", 6);
        Assert.Null(await imap.StoreAsync(UidSet.Of(1, 2), [@"\Flagged"], set: true, default));
        Assert.Null(await imap.StoreAsync(UidSet.Of(2), [@"\Flagged"], set: false, default));
        Assert.Contains(@"\Flagged", (await imap.FlagsAsync(UidSet.Of(1)))[0].Flags);
        Assert.DoesNotContain(@"\Flagged", (await imap.FlagsAsync(UidSet.Of(2)))[0].Flags);

        var trash = (await imap.ListAsync(withStatus: false, default)).Single(m => m.SpecialUse == @"\Trash").Name;
        var moved = (await imap.MoveAsync(UidSet.Of(3, 99), trash, default)).Value!;
        Assert.Equal("1", moved.Target.ToString());
        var copied = (await imap.CopyAsync(UidSet.Of(4), trash, default)).Value!;
        Assert.Equal((moved.UidValidity, "2"), (copied.UidValidity, copied.Target.ToString()));
        // 5 is marked by somebody else: it must survive.
        Assert.Null(await imap.StoreAsync(UidSet.Of(4, 5), [@"\Deleted"], set: true, default));
        Assert.Null(await imap.ExpungeAsync(UidSet.Of(4), default));
        Assert.Equal("1:2,5:6", (await imap.SearchAllAsync(default)).ToString());
        Assert.Equal("NONEXISTENT", (await imap.MoveAsync(UidSet.Of(1), ImapMailboxName.FromText("nowhere"), default)).Refusal!.Code);
        Assert.Empty((await imap.MoveAsync(UidSet.Of(77), trash, default)).Value!.Target.Ranges);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3_000_000)]
    public async Task Appended_mail_is_there_byte_for_byte_with_its_flags_and_date(int octets)
    {
        await using var imap = await InboxAsync("append" + octets, 0);
        var raw = Encoding.ASCII.GetBytes("Message-ID: <one@here>\r\n\r\n" + string.Concat(Enumerable.Repeat("line\r\n", octets / 6)));
        var date = new DateTimeOffset(2021, 2, 3, 4, 5, 6, TimeSpan.Zero);
        var sent = ImapMailboxName.FromText("Sent");
        var appended = (await imap.AppendAsync(sent, new ImapAppend(raw.Length) { Flags = [@"\Seen"], InternalDate = date }, new MemoryStream(raw), default)).Value!;
        var selected = (await imap.SelectAsync(sent, new ImapSelectOptions(), default)).Value!;
        Assert.Equal((selected.UidValidity, 1u, 1u), (appended.UidValidity, appended.Uid!.Value, selected.Exists));
        Assert.Equal("1", (await imap.SearchHeaderAsync("Message-ID", "one@here", default)).ToString());
        var mail = Assert.Single(await imap.MailsAsync(UidSet.All, largest: 10_000_000));
        Assert.Equal(SHA256.HashData(raw), SHA256.HashData(mail.Body!));
        Assert.Equal(date, mail.InternalDate);
        Assert.Contains(@"\Seen", mail.Flags);
    }

    private async Task<ImapConnection> InboxAsync(string name, int mails)
    {
        _dovecot.AddUser(name, "p");
        await _dovecot.SeedAsync(name, "INBOX", MailSamples.Generate(mails, seed: 11));
        var transport = new MailTransportOptions { AddressPolicy = AddressPolicy.Any, AllowPlaintext = true };
        var imap = await ImapConnection.ConnectAsync(new MailEndpoint("localhost", _dovecot.ImapPort, TlsMode.None), new ImapOptions { Transport = transport }, default);
        await imap.LoginAsync(new MailCredential(name, "p"), default);
        await imap.EnableQResyncAsync(default);
        Assert.True((await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions(), default)).IsOk);
        return imap;
    }
}
