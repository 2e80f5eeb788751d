using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Postmill.Mail.Imap;
using Postmill.Mail.Net;
using Postmill.Testing.Samples;
using Postmill.Testing.Servers;

namespace Postmill.Mail.Tests.Imap;

/// <summary>Whole sessions with a real server.</summary>
public sealed class DovecotTests(DovecotFixture fixture) : IClassFixture<DovecotFixture>
{
    private readonly DovecotServer _dovecot = fixture.Server;

    [Theory]
    [InlineData(TlsMode.None)]
    [InlineData(TlsMode.StartTls)]
    [InlineData(TlsMode.Implicit)]
    public async Task Whole_session_over_each_way_to_connect(TlsMode tls)
    {
        var user = User("zoë \"the\\one\"-" + tls, "pä\"ss\\wörd 🔑");
        var mails = MailSamples.Generate(60, seed: 7).ToList();
        await _dovecot.SeedAsync(user.User, "INBOX", mails);
        await _dovecot.DoveadmAsync("mailbox", "create", "-u", user.User, "Büro & \"Co\" [x] ");

        await using var imap = await ConnectAsync(tls);
        Assert.Equal(tls != TlsMode.None, imap.IsSecure);
        await imap.LoginAsync(user, default);
        Assert.True(imap.Capabilities.QResync);
        await imap.IdAsync("Postmill", "1", default);
        Assert.True(await imap.EnableQResyncAsync(default));

        var mailboxes = await imap.ListAsync(withStatus: true, default);
        Assert.Equal(60u, mailboxes.Single(m => m.Name.IsInbox).Status!.Messages);
        Assert.Equal("Sent", mailboxes.Single(m => m.SpecialUse == @"\Sent").Name.Text);
        var odd = mailboxes.Single(m => m.Name.Text.StartsWith("Büro", StringComparison.Ordinal));
        Assert.Equal("B&APw-ro &- \"Co\" [x] ", odd.Name.Wire);
        Assert.Equal(0u, (await imap.StatusAsync(odd.Name, default)).Value!.Messages);
        Assert.Equal(0u, (await imap.SelectAsync(odd.Name, new ImapSelectOptions(), default)).Value!.Exists);

        var inbox = (await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions(), default)).Value!;
        Assert.Equal(60u, inbox.Exists);
        Assert.True(inbox.HighestModSeq > 0 && inbox.UidValidity > 0 && inbox.UidNext == 61);
        Assert.Equal("1:60", (await imap.SearchAllAsync(default)).ToString());

        var fetched = await imap.MailsAsync(UidSet.All);
        Assert.Equal(mails.Select(Hash).Order(), fetched.Select(m => Hash(m.Body!)).Order());
        Assert.All(fetched, m => Assert.True(m.Size == m.Body!.Length && m.InternalDate is not null));
        await imap.LogoutAsync(default);
        Assert.False(imap.IsUsable);
    }

    [Fact]
    public async Task Ranges_bring_every_message_once_in_order_and_read_past_the_large_ones()
    {
        var user = User("ranges", "p");
        await _dovecot.SeedAsync(user.User, "INBOX", MailSamples.Generate(500, seed: 3));
        await using var imap = await InboxAsync(user);
        var fetched = await imap.MailsAsync(UidSet.OfRanges([new(1, 500)]), largest: 4000);
        Assert.Equal(Enumerable.Range(1, 500).Select(n => (uint)n), fetched.Select(m => m.Uid));
        Assert.Contains(fetched, m => m is { Body: null, Size: > 4000 });
        Assert.All(fetched, m => Assert.Equal(m.Size <= 4000, m.Body is not null));
        await imap.NoopAsync(default);
    }

    [Fact]
    public async Task Large_content_comes_byte_for_byte()
    {
        var user = User("large", "p");
        var mail = Encoding.ASCII.GetBytes("Subject: x\r\n\r\n" + string.Join("\r\n", Enumerable.Range(0, 300_000).Select(n => $"line {n}")) + "\r\n");
        await _dovecot.SeedAsync(user.User, "INBOX", [mail]);
        await using var imap = await InboxAsync(user);
        var message = Assert.Single(await imap.MailsAsync(UidSet.All, largest: 10_000_000));
        Assert.Equal(mail.Length, message.Size);
        Assert.Equal(Hash(mail), Hash(message.Body!));
    }

    [Fact]
    public async Task QResync_tells_what_changed_and_what_is_gone()
    {
        var user = User("qresync", "p");
        await _dovecot.SeedAsync(user.User, "INBOX", MailSamples.Generate(20, seed: 5));
        ImapSelected before;
        await using (var first = await InboxAsync(user)) before = (await first.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions(), default)).Value!;
        await _dovecot.DoveadmAsync("flags", "add", "-u", user.User, "\\Flagged", "mailbox", "INBOX", "uid", "3");
        await _dovecot.DoveadmAsync("expunge", "-u", user.User, "mailbox", "INBOX", "uid", "5,7:9");

        await using var imap = await InboxAsync(user);
        var known = new QResyncParameters(before.UidValidity!.Value, before.HighestModSeq!.Value);
        var after = (await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions { QResync = known }, default)).Value!;
        Assert.Equal("5,7:9", after.Vanished.ToString());
        var changed = Assert.Single(after.Changed);
        Assert.Equal(3u, changed.Uid);
        Assert.Contains(@"\Flagged", changed.Flags!);

        Assert.Equal([3u], (await imap.FlagsAsync(UidSet.All, before.HighestModSeq)).Select(message => message.Uid));
        Assert.Equal([3u], (await imap.FlagsAsync(UidSet.All, before.HighestModSeq, bySearch: true)).Select(message => message.Uid));
        Assert.Equal(16, (await imap.FlagsAsync(UidSet.All)).Count);
    }

    [Fact]
    public async Task Idle_sees_a_delivery_and_stops_when_told()
    {
        var user = User("idle", "p");
        await using var imap = await InboxAsync(user);
        var seen = new TaskCompletionSource<uint>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        var idle = imap.IdleAsync(TimeSpan.FromMinutes(28), happened =>
        {
            if (happened is ImapExists { Count: > 0 } exists) seen.TrySetResult(exists.Count);
            return true;
        }, stop.Token);
        await _dovecot.DeliverAsync(user.User, "Subject: hello\r\n\r\nbody\r\n"u8.ToArray());
        Assert.Equal(1u, await seen.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await stop.CancelAsync();
        Assert.Equal(IdleOutcome.Stopped, await idle);
        await imap.NoopAsync(default);
        Assert.Equal("1", (await imap.SearchHeaderAsync("Subject", "hello", default)).ToString());
    }

    [Theory]
    [InlineData(TlsMode.None)]
    [InlineData(TlsMode.Implicit)]
    public async Task Idle_connections_hold_no_read_buffer(TlsMode tls)
    {
        var user = User("quiet" + tls, "p");
        using var stop = new CancellationTokenSource();
        var connections = new List<ImapConnection>();
        var idles = new List<Task<IdleOutcome>>();
        for (var i = 0; i < 20; i++)
        {
            var imap = await ConnectAsync(tls);
            connections.Add(imap);
            await imap.LoginAsync(user, default);
            await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions(), default);
            idles.Add(imap.IdleAsync(TimeSpan.FromMinutes(28), _ => true, stop.Token));
        }
        // Late wake-ups of the platform come at their own time; in the end nobody may hold one.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (connections.Exists(imap => imap.Guard.HoldsBuffer) && !patience.IsCancellationRequested) await Task.Yield();
        Assert.Equal(0, connections.Count(imap => imap.Guard.HoldsBuffer));
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(idles), outcome => Assert.Equal(IdleOutcome.Stopped, outcome));
        foreach (var imap in connections) await imap.LogoutAsync(default);
    }

    [Fact]
    public async Task Wrong_password_is_an_authentication_failure_and_the_session_goes_on()
    {
        var user = User("wrong", "right");
        await using var imap = await ConnectAsync(TlsMode.StartTls);
        var fault = await Assert.ThrowsAsync<MailServerException>(() => imap.LoginAsync(user with { Secret = "not it" }, default));
        Assert.Equal(MailFault.AuthenticationFailed, fault.Fault);
        Assert.Equal("AUTHENTICATIONFAILED", fault.Code);
        await imap.LoginAsync(user, default);
    }

    [Fact]
    public async Task Mailbox_that_is_not_there_is_a_refusal_and_not_a_fault()
    {
        await using var imap = await InboxAsync(User("phantom", "p"));
        var phantom = ImapMailboxName.FromText("not there");
        Assert.Equal("NONEXISTENT", (await imap.StatusAsync(phantom, default)).Refusal!.Code);
        Assert.False((await imap.SelectAsync(phantom, new ImapSelectOptions(), default)).Refusal!.Bad);
        Assert.Null(imap.Selected);
        Assert.True(imap.IsUsable);
    }

    private async Task<ImapConnection> InboxAsync(MailCredential user)
    {
        var imap = await ConnectAsync(TlsMode.None);
        await imap.LoginAsync(user, default);
        await imap.EnableQResyncAsync(default);
        Assert.True((await imap.SelectAsync(ImapMailboxName.Inbox, new ImapSelectOptions(), default)).IsOk);
        return imap;
    }

    private Task<ImapConnection> ConnectAsync(TlsMode tls)
    {
        var trusted = X509CertificateLoader.LoadCertificateFromFile(TestCertificates.Shared.AuthorityPath);
        var transport = new MailTransportOptions { AddressPolicy = AddressPolicy.Any, AllowPlaintext = true, TrustedCertificates = [trusted] };
        var endpoint = new MailEndpoint("localhost", tls == TlsMode.Implicit ? _dovecot.ImapsPort : _dovecot.ImapPort, tls);
        return ImapConnection.ConnectAsync(endpoint, new ImapOptions { Transport = transport }, default);
    }

    private MailCredential User(string user, string password)
    {
        _dovecot.AddUser(user, password);
        return new MailCredential(user, password);
    }

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));
}

public sealed class DovecotFixture : IAsyncLifetime
{
    internal DovecotServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await DovecotServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
