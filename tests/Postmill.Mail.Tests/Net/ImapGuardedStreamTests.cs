using MailKit.Net.Imap;
using Postmill.Mail.Net;
using Postmill.Mail.Tests.Smtp;
using Postmill.Testing;

namespace Postmill.Mail.Tests.Net;

/// <summary>MailKit's ImapClient over the guard: each limit from both sides, however the connection is secured.</summary>
public sealed class ImapGuardedStreamTests
{
    private static readonly GuardLimits Small = new() { LineBytes = 2_000, AnswerBytes = 10_000, AnswerLines = 999, Mailboxes = 10, LiteralBytes = 200 };

    private static readonly TlsMode[] Modes = [TlsMode.None, TlsMode.Implicit, TlsMode.StartTls];

    // What is said to NOOP, and the limit that it breaks.
    private static readonly (string Said, MailLimit? Broken)[] Answers =
    [
        ($"* X {new string('(', 100)}{new string(')', 100)}\r\n", null),
        ($"* X {new string('(', 101)}{new string(')', 101)}\r\n", MailLimit.Nesting),
        ($"* X {new string('x', 1_994)}\r\n", null),
        ($"* X {new string('x', 1_995)}\r\n", MailLimit.Line),
        (string.Concat(Enumerable.Repeat("* 1 EXISTS\r\n", 800)), null),
        (string.Concat(Enumerable.Repeat("* 1 EXISTS\r\n", 840)), MailLimit.Answer),
        ($"* X {{200}}\r\n{new string('(', 200)}\r\n", null),
        ($"* X {{201}}\r\n{new string('(', 201)}\r\n", MailLimit.Literal),
        ($"* 1 FETCH (BODY[] {{4294967296}}\r\n", MailLimit.Literal),
        (string.Concat(Enumerable.Repeat("* 1 X\r\n", 1_000)), MailLimit.AnswerLines),
        (string.Concat(Enumerable.Repeat("* LIST () NIL a\r\n", 10)), null),
        (string.Concat(Enumerable.Repeat("* LIST () NIL a\r\n", 11)), MailLimit.AnswerLines),
    ];

    public static TheoryData<TlsMode> Tls => [.. Modes];

    public static TheoryData<TlsMode, int> EachAnswer
    {
        get
        {
            var each = new TheoryData<TlsMode, int>();
            foreach (var tls in Modes)
                for (var answer = 0; answer < Answers.Length; answer++) each.Add(tls, answer);
            return each;
        }
    }

    [Theory]
    [MemberData(nameof(EachAnswer))]
    public async Task Answer_ends_the_connection_when_it_breaks_a_limit_and_only_then(TlsMode tls, int answer)
    {
        var (said, broken) = Answers[answer];
        await using var server = Saying(tls, "NOOP", said);
        var (client, guard) = await server.ConnectImapAsync(tls, Small);
        using var owned = client;
        await client.AuthenticateAsync("ada", "s3cret-pass");
        if (broken is null)
        {
            await client.NoOpAsync();
            Assert.Equal((tls != TlsMode.None, false), (guard.IsSecure, guard.IsClosed));
            return;
        }
        var fault = await GuardedClients.FaultOf(() => client.NoOpAsync());
        Assert.Equal((MailFault.LimitExceeded, broken), (fault.Fault, fault.Limit));
        Assert.True(guard.IsClosed);
    }

    [Theory]
    [MemberData(nameof(Tls))]
    public async Task Session_in_pieces_of_one_octet_is_the_same_session(TlsMode tls)
    {
        await using var server = new ScriptedSmtpServer(peer => new ImapScript(tls).PlayAsync(peer, async said =>
        {
            foreach (var octet in said) await peer.TrySendAsync(octet.ToString());
        }));
        var (client, guard) = await server.ConnectImapAsync(tls);
        using var owned = client;
        await client.AuthenticateAsync("ada", "s3cret-pass");
        await client.Inbox!.OpenAsync(MailKit.FolderAccess.ReadOnly);
        Assert.Equal(2, client.Inbox.Count);
        Assert.EndsWith("OK [READ-WRITE] open", guard.LastStatus, StringComparison.Ordinal);
        await client.DisconnectAsync(true);
    }

    [Theory]
    [InlineData("* BYE\r\nA5 OK\r\n")]
    [InlineData("")]
    [InlineData("* 1 FETCH (((((((((")]
    public async Task Goodbye_ends_whatever_the_server_says_to_it(string said)
    {
        var clock = new ManualClock();
        await using var server = new ScriptedSmtpServer(peer => new ImapScript(TlsMode.None, "LOGOUT", async (silent, _) =>
        {
            await silent.SendAsync(said);
            await silent.StallAsync();
        }).PlayAsync(peer));
        var (client, guard) = await server.ConnectImapAsync(TlsMode.None, time: clock);
        using var owned = client;
        var begin = clock.GetUtcNow();
        var leaving = client.DisconnectAsync(true);
        await server.Reached;
        // MailKit takes the line after a BYE without words for its words, and waits for one more.
        await GuardedClients.WhileItWaitsAsync(leaving, clock);
        await leaving;
        Assert.InRange(clock.GetUtcNow() - begin, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10));
        Assert.True(guard.IsClosed);
    }

    [Fact]
    public async Task Server_that_leaves_is_not_waited_for_longer_than_a_goodbye_takes()
    {
        var clock = new ManualClock();
        await using var server = new ScriptedSmtpServer(peer => new ImapScript(TlsMode.None, "NOOP", async (silent, _) =>
        {
            await silent.SendAsync("* BYE going\r\n");
            await silent.StallAsync();
        }).PlayAsync(peer));
        var (client, guard) = await server.ConnectImapAsync(TlsMode.None, time: clock);
        using var owned = client;
        await client.AuthenticateAsync("ada", "s3cret-pass");
        var asking = client.NoOpAsync();
        await Eventually.TrueAsync("the BYE is read", () => Task.FromResult(guard.LastStatus == "* BYE going"));
        var heard = clock.GetUtcNow();
        await GuardedClients.WhileItWaitsAsync(asking, clock);
        Assert.Equal(MailFault.TimedOut, (await GuardedClients.FaultOf(() => asking)).Fault);
        Assert.InRange(clock.GetUtcNow() - heard, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("S1 OK go\r\n* OK injected\r\n", MailFault.ProtocolError)]
    [InlineData("S1 OK go\r\n\u0016\u0003", MailFault.ProtocolError)]
    [InlineData("S1 NO not here\r\n", MailFault.PlaintextRefused)]
    [InlineData("S1 BAD what\r\n", MailFault.PlaintextRefused)]
    [InlineData("* BYE going\r\n", MailFault.Disconnected)]
    [InlineData("X9 OK go\r\n", MailFault.ProtocolError)]
    [InlineData("", MailFault.Disconnected)]
    public async Task STARTTLS_that_does_not_lead_to_a_handshake_ends_the_connection(string answer, MailFault expected)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.SendAsync("* OK ready\r\n");
            await peer.AnswerAsync("S1 STARTTLS", answer);
            if (answer.Length > 0) await peer.GoneAsync();
        });
        var fault = await GuardedClients.FaultOf(() => server.ConnectImapAsync(TlsMode.StartTls));
        Assert.Equal(expected, fault.Fault);
    }

    [Theory]
    [InlineData("* PREAUTH welcome\r\n", MailFault.PlaintextRefused)]
    [InlineData("* BYE too many\r\n", MailFault.Disconnected)]
    [InlineData("220 mail.test ESMTP\r\n", MailFault.ProtocolError)]
    public async Task Greeting_that_allows_no_STARTTLS_is_the_end(string greeting, MailFault expected)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.SendAsync(greeting);
            Assert.Null(await peer.ReadLineAsync());
        });
        Assert.Equal(expected, (await GuardedClients.FaultOf(() => server.ConnectImapAsync(TlsMode.StartTls))).Fault);
    }

    [Fact]
    public async Task Line_without_end_before_STARTTLS_is_left()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            var flood = new string('x', 64 * 1024);
            for (var i = 0; i < 160 && await peer.TrySendAsync(flood); i++) { }
        });
        Assert.Equal(MailFault.LimitExceeded, (await GuardedClients.FaultOf(() => server.ConnectImapAsync(TlsMode.StartTls))).Fault);
    }

    [Fact]
    public async Task Capabilities_of_the_plain_greeting_are_not_believed()
    {
        await using var server = Saying(TlsMode.StartTls, "X", "");
        var (client, _) = await server.ConnectImapAsync(TlsMode.StartTls);
        using var owned = client;
        // ImapScript says LOGINDISABLED before the handshake and AUTH=PLAIN after it.
        Assert.False(client.Capabilities.HasFlag(ImapCapabilities.LoginDisabled));
        Assert.Contains("PLAIN", client.AuthenticationMechanisms);
    }

    [Theory]
    [InlineData(TlsMode.None)]
    [InlineData(TlsMode.StartTls)]
    public async Task Trickled_greeting_is_TimedOut(TlsMode tls)
    {
        var clock = new ManualClock();
        using var tick = new SemaphoreSlim(0);
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            peer.Reach();
            foreach (var octet in "* OK " + new string('x', 200))
            {
                await tick.WaitAsync();
                if (!await peer.TrySendAsync(octet.ToString())) return;
            }

            await peer.GoneAsync();
        });
        var connecting = server.ConnectImapAsync(tls, time: clock);
        await server.Reached;
        while (!connecting.IsCompleted)
        {
            tick.Release();
            await Task.Yield();
            clock.Advance(TimeSpan.FromSeconds(5));
        }
        tick.Release(300);
        Assert.Equal(MailFault.TimedOut, (await GuardedClients.FaultOf(() => connecting)).Fault);
    }

    [Fact]
    public async Task IDLE_holds_no_buffer_and_its_DONE_has_a_deadline()
    {
        var clock = new ManualClock();
        await using var server = new ScriptedSmtpServer(peer => new ImapScript(TlsMode.None, "IDLE", async (silent, _) =>
        {
            await silent.SendAsync("+ idling\r\n* 3 EXISTS\r\n");
            await silent.ExpectAsync("DONE");
            await silent.StallAsync();
        }).PlayAsync(peer));
        var (client, guard) = await server.ConnectImapAsync(TlsMode.None, time: clock);
        using var owned = client;
        await client.AuthenticateAsync("ada", "s3cret-pass");
        await client.Inbox!.OpenAsync(MailKit.FolderAccess.ReadOnly);
        using var done = new CancellationTokenSource();
        var idling = client.IdleAsync(done.Token);
        await Eventually.TrueAsync("the server's words in IDLE are read and the buffer is given back", () => Task.FromResult(client.Inbox.Count == 3 && !guard.HoldsBuffer));
        clock.Advance(TimeSpan.FromMinutes(29));
        Assert.False(idling.IsCompleted, "IDLE has ended before its time");
        await done.CancelAsync();
        await server.Reached;
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(MailFault.TimedOut, (await GuardedClients.FaultOf(() => idling)).Fault);
    }

    [Theory]
    [InlineData(false, 60)]
    [InlineData(true, 10)]
    public async Task IDLE_that_the_server_has_not_agreed_to_has_the_time_of_a_command_and_that_of_DONE_when_it_is_to_end(bool isEnded, int seconds)
    {
        var clock = new ManualClock();
        await using var server = new ScriptedSmtpServer(peer => new ImapScript(TlsMode.None, "IDLE", (silent, _) => silent.StallAsync()).PlayAsync(peer));
        var (client, guard) = await server.ConnectImapAsync(TlsMode.None, time: clock);
        using var owned = client;
        await client.AuthenticateAsync("ada", "s3cret-pass");
        await client.Inbox!.OpenAsync(MailKit.FolderAccess.ReadOnly);
        using var done = new CancellationTokenSource();
        var idling = client.IdleAsync(done.Token);
        await server.Reached;
        if (isEnded)
        {
            await done.CancelAsync();
            guard.EndIdle();
        }

        clock.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.False(idling.IsCompleted, "it has ended before its time");
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(MailFault.TimedOut, (await GuardedClients.FaultOf(() => idling)).Fault);
    }

    [Fact]
    public async Task Cancelled_command_is_a_cancellation_and_closes_the_connection()
    {
        await using var server = new ScriptedSmtpServer(peer => new ImapScript(TlsMode.None, "NOOP", (silent, _) => silent.StallAsync()).PlayAsync(peer));
        var (client, guard) = await server.ConnectImapAsync(TlsMode.None);
        using var owned = client;
        await client.AuthenticateAsync("ada", "s3cret-pass");
        using var cancel = new CancellationTokenSource();
        var asking = client.NoOpAsync(cancel.Token);
        await server.Reached;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.True(guard.IsClosed);
    }

    private static ScriptedSmtpServer Saying(TlsMode tls, string at, string said) => new(peer => new ImapScript(tls, at, async (same, tag) =>
    {
        if (await same.TrySendAsync(said)) await same.TrySendAsync($"{tag} OK\r\n");
    }).PlayAsync(peer));
}
