using Postmill.Mail.Net;
using Postmill.Mail.Smtp;
using Postmill.Testing;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>Hard cases 21, 24 and 40: a verification in which one phase fails in one way. Deadlines run on the manual clock.</summary>
public sealed class SmtpPhaseTests
{
    private const string Handshake = "handshake";
    private const string Quit = "QUIT";

    private static readonly (string Phase, string? Expect, string Reply)[] Session =
    [
        ("greeting", null, "220 mail.test ESMTP\r\n"),
        ("EHLO", "EHLO [127.0.0.1]", "250-mail.test\r\n250 STARTTLS\r\n"),
        ("STARTTLS", "STARTTLS", "220 go\r\n"),
        (Handshake, null, ""),
        ("second EHLO", "EHLO [127.0.0.1]", "250-mail.test\r\n250 AUTH LOGIN\r\n"),
        ("AUTH", "AUTH LOGIN", "334 VXNlcm5hbWU6\r\n"),
        ("user", "YWRhQG1haWwudGVzdA==", "334 UGFzc3dvcmQ6\r\n"),
        ("password", "czNjcmV0LXBhc3M=", "235 ok\r\n"),
        (Quit, "QUIT", "221 bye\r\n"),
    ];

    public static TheoryData<string> Phases => [.. Session.Select(step => step.Phase)];

    public static TheoryData<string> Asked => [.. Session.Select(step => step.Phase).Where(phase => phase is not (Handshake or Quit))];

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Connection_that_is_reset_is_Disconnected(string phase)
    {
        await using var server = Failing(phase, peer =>
        {
            peer.Drop();
            return Task.CompletedTask;
        });
        if (phase != "greeting") await ExpectAsync(phase, MailFault.Disconnected, server.VerifyAsync(TlsMode.StartTls));
        // The reset may even come before connect() returned.
        else Assert.Contains((await Assert.ThrowsAsync<MailServerException>(() => server.VerifyAsync(TlsMode.StartTls))).Fault, new[] { MailFault.Disconnected, MailFault.Unreachable });
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Connection_that_is_closed_is_Disconnected(string phase)
    {
        await using var server = Failing(phase, _ => Task.CompletedTask);
        await ExpectAsync(phase, MailFault.Disconnected, server.VerifyAsync(TlsMode.StartTls));
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Silence_is_TimedOut(string phase)
    {
        var clock = new ManualClock();
        await using var server = Failing(phase, peer => peer.StallAsync());
        var verifying = server.VerifyAsync(TlsMode.StartTls, ScriptedSmtpServer.Options(clock));
        await server.Reached;
        await ExpectAsync(phase, MailFault.TimedOut, Pass(verifying, clock));
    }

    [Theory]
    [MemberData(nameof(Asked))]
    public async Task One_byte_every_ten_seconds_is_TimedOut(string phase)
    {
        var clock = new ManualClock();
        using var tick = new SemaphoreSlim(0);
        await using var server = Failing(phase, async peer =>
        {
            try
            {
                foreach (var piece in "2".Concat(Enumerable.Repeat('x', 100)))
                {
                    await tick.WaitAsync();
                    await peer.SendAsync(piece.ToString());
                }
                await peer.GoneAsync();
            }
            catch (IOException)
            {
                // The client left, as it should.
            }
        });
        var verifying = server.VerifyAsync(TlsMode.StartTls, ScriptedSmtpServer.Options(clock));
        await server.Reached;
        var began = TimeProvider.System.GetTimestamp();
        while (!verifying.IsCompleted)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20), "the trickle was never ended");
            tick.Release();
            await Task.Yield();
            clock.Advance(TimeSpan.FromSeconds(10));
        }
        tick.Release(101);
        await ExpectAsync(phase, MailFault.TimedOut, verifying);
    }

    [Theory]
    [MemberData(nameof(Asked))]
    public async Task Garbage_is_ProtocolError(string phase) => await ReplyAsync(phase, "HTTP/1.1 400 Bad Request\r\n", MailFault.ProtocolError);

    [Theory]
    [MemberData(nameof(Asked))]
    public async Task Reply_whose_lines_disagree_is_ProtocolError(string phase) => await ReplyAsync(phase, "250-one\r\n220 two\r\n", MailFault.ProtocolError);

    [Theory]
    [MemberData(nameof(Asked))]
    public async Task Ten_megabyte_line_is_LimitExceeded(string phase) => await FloodAsync(phase, new string('x', 64 * 1024));

    [Theory]
    [MemberData(nameof(Asked))]
    public async Task Reply_without_end_is_LimitExceeded(string phase) => await FloodAsync(phase, string.Concat(Enumerable.Repeat("250-more\r\n", 1000)));

    [Theory]
    [MemberData(nameof(Asked))]
    public async Task Goodbye_421_is_Disconnected_with_its_text(string phase)
    {
        var end = await ReplyAsync(phase, "421-4.3.2 first\r\n421 4.3.2 too busy\r\n", MailFault.Disconnected);
        Assert.Equal(("421", "4.3.2 first 4.3.2 too busy"), (end.Code, end.ServerText));
    }

    [Theory]
    [MemberData(nameof(Asked))]
    public async Task Refusal_for_now_is_CommandRefused(string phase) => await ReplyAsync(phase, "454 4.7.0 not now\r\n", MailFault.CommandRefused);

    [Theory]
    [InlineData("greeting", MailFault.CommandRefused)]
    [InlineData("STARTTLS", MailFault.PlaintextRefused)]
    [InlineData("AUTH", MailFault.AuthenticationFailed)]
    [InlineData("user", MailFault.AuthenticationFailed)]
    [InlineData("password", MailFault.AuthenticationFailed)]
    public async Task Refusal_for_good_means_what_the_phase_makes_of_it(string phase, MailFault expected) => await ReplyAsync(phase, "554 5.7.1 never\r\n", expected);

    [Fact]
    public async Task Garbage_instead_of_the_handshake_is_TlsFailed()
    {
        await using var server = Failing(Handshake, async peer =>
        {
            await peer.SendAsync("this is no TLS record at all, but long enough to be one\r\n");
            await peer.GoneAsync();
        });
        Assert.Contains((await Assert.ThrowsAsync<MailServerException>(() => server.VerifyAsync(TlsMode.StartTls))).Fault, new[] { MailFault.TlsFailed, MailFault.ProtocolError });
    }

    [Fact]
    public async Task Verification_as_a_whole_ends_within_its_fifteen_seconds()
    {
        var clock = new ManualClock();
        await using var server = Failing("password", peer => peer.StallAsync());
        var options = ScriptedSmtpServer.Options(clock);
        var verifying = server.VerifyAsync(TlsMode.StartTls, options with { Transport = options.Transport with { Timeouts = MailTimeouts.Verification } });
        await server.Reached;
        clock.Advance(TimeSpan.FromSeconds(15));
        await ExpectAsync("password", MailFault.TimedOut, verifying);
    }

    private static async Task<MailServerException> ReplyAsync(string phase, string reply, MailFault expected)
    {
        await using var server = Failing(phase, async peer =>
        {
            await peer.SendAsync(reply);
            await peer.GoneAsync();
        });
        var fault = await Assert.ThrowsAsync<MailServerException>(() => server.VerifyAsync(TlsMode.StartTls));
        Assert.Equal(expected, fault.Fault);
        return fault;
    }

    private static async Task FloodAsync(string phase, string chunk)
    {
        await using var server = Failing(phase, async peer =>
        {
            try
            {
                await peer.SendAsync("250-");
                for (var i = 0; i < 160; i++) await peer.SendAsync(chunk);
            }
            catch (IOException)
            {
                // The client left, as it should.
            }
        });
        Assert.Equal(MailFault.LimitExceeded, (await Assert.ThrowsAsync<MailServerException>(() => server.VerifyAsync(TlsMode.StartTls))).Fault);
    }

    // What goes wrong at QUIT comes too late to matter.
    private static async Task ExpectAsync(string phase, MailFault expected, Task verifying)
    {
        if (phase == Quit) await verifying;
        else Assert.Equal(expected, (await Assert.ThrowsAsync<MailServerException>(() => verifying)).Fault);
    }

    private static ScriptedSmtpServer Failing(string phase, Func<ScriptedSmtpPeer, Task> failure) => new(async peer =>
    {
        foreach (var step in Session)
        {
            if (step.Expect is not null) await peer.ExpectAsync(step.Expect);
            if (step.Phase == phase)
            {
                peer.Reach();
                await failure(peer);
                return;
            }
            if (step.Phase == Handshake) Assert.True(await peer.StartTlsAsync());
            else await peer.SendAsync(step.Reply);
        }
    });

    private static async Task Pass(Task task, ManualClock clock)
    {
        while (!task.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }
        await task;
    }
}
