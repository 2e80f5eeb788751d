using Postmill.Mail.Net;
using Postmill.Mail.Smtp;
using Postmill.Testing;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>Hard cases 31 and 37 to 40: a mail on whose way one phase fails in one way. Deadlines run on the manual clock.</summary>
public sealed class SmtpLossTests
{
    public static TheoryData<string> Phases => [.. FailingServer.Phases];

    public static TheoryData<string> Answered => [.. FailingServer.Phases.Except([FailingServer.Body])];

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Connection_that_is_reset_is_unknown_only_after_the_end(string phase) => await LostAsync(phase, MailFault.Disconnected, peer =>
    {
        peer.Drop();
        return Task.CompletedTask;
    });

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Connection_that_is_closed_is_unknown_only_after_the_end(string phase) => await LostAsync(phase, MailFault.Disconnected, _ => Task.CompletedTask);

    [Theory]
    [MemberData(nameof(Answered))]
    public async Task Reply_that_breaks_off_is_unknown_only_after_the_end(string phase) => await LostAsync(phase, MailFault.Disconnected, peer => peer.SendAsync("250-2.0.0 queued\r\n250 2.0.0 a"));

    [Theory]
    [MemberData(nameof(Answered))]
    public async Task Garbage_is_unknown_only_after_the_end(string phase) => await LostAsync(phase, MailFault.ProtocolError, peer => SayAsync(peer, "HTTP/1.1 200 OK\r\n"));

    [Theory]
    [MemberData(nameof(Answered))]
    public async Task Lines_that_disagree_are_unknown_only_after_the_end(string phase) => await LostAsync(phase, MailFault.ProtocolError, peer => SayAsync(peer, "250-2.0.0 yes\r\n550 5.0.0 no\r\n"));

    [Theory]
    [InlineData(FailingServer.Mail, "354 go\r\n")]
    [InlineData(FailingServer.Rcpt, "354 go\r\n")]
    [InlineData(FailingServer.Data, "250 ok\r\n")]
    [InlineData(FailingServer.Body, "250 ok\r\n")]
    [InlineData(FailingServer.Dot, "354 go\r\n")]
    public async Task Reply_that_is_none_to_this_question_is_a_broken_protocol(string phase, string reply) => await LostAsync(phase, MailFault.ProtocolError, peer => SayAsync(peer, reply));

    [Theory]
    [MemberData(nameof(Answered))]
    public async Task Line_without_end_is_left(string phase) => await LostAsync(phase, MailFault.LimitExceeded, async peer =>
    {
        var flood = new string('x', 64 * 1024);
        for (var i = 0; i < 160 && await peer.TrySendAsync(flood); i++) { }
    });

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Cancelling_tells_whether_the_mail_may_have_gone(string phase)
    {
        await using var server = FailingServer.At(phase, peer => phase == FailingServer.Body ? peer.FinishedAsync() : peer.GoneAsync());
        await using var connection = await server.ConnectAsync();
        using var cancel = new CancellationTokenSource();
        var sending = connection.SendAsync(payload: FailingServer.PayloadOf(phase), ct: cancel.Token);
        await server.Reached;
        await cancel.CancelAsync();
        var lost = await sending;
        server.Finish();
        Assert.Equal((SmtpDeliveryKind.Lost, null), (lost.Kind, lost.Fault));
        AssertLost(phase, lost, connection);
    }

    [Fact]
    public async Task Cancelling_while_the_intent_is_committed_sends_no_content()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("PIPELINING");
            await peer.ReadSegmentAsync();
            await peer.SendAsync(SendScript.Ok + SendScript.Ok);
            Assert.Null(await peer.ReadLineAsync());
        });
        await using var connection = await server.ConnectAsync();
        using var cancel = new CancellationTokenSource();
        var lost = await connection.SendAsync(SendScript.ToBen, SendScript.Payload, async _ =>
        {
            await cancel.CancelAsync();
            return true;
        }, cancel.Token);
        Assert.Equal((SmtpDeliveryKind.Lost, false, null), (lost.Kind, lost.OutcomeUnknown, lost.Fault));
        Assert.True(connection.IsClosed);
    }

    [Theory]
    [InlineData(FailingServer.Mail, 5)]
    [InlineData(FailingServer.Rcpt, 5)]
    [InlineData(FailingServer.Data, 2)]
    [InlineData(FailingServer.Body, 3)]
    [InlineData(FailingServer.Dot, 10)]
    public async Task Silence_is_waited_for_as_long_as_the_phase_allows(string phase, int minutes)
    {
        var clock = new ManualClock();
        await using var server = FailingServer.At(phase, peer => phase == FailingServer.Body ? peer.FinishedAsync() : peer.GoneAsync());
        await using var connection = await server.ConnectAsync(options: ScriptedSmtpServer.Options(clock));
        var sending = connection.SendAsync(payload: FailingServer.PayloadOf(phase));
        await server.Reached;
        var began = clock.GetUtcNow();
        while (!sending.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        var lost = await sending;
        server.Finish();
        Assert.Equal((SmtpDeliveryKind.Lost, MailFault.TimedOut), (lost.Kind, lost.Fault));
        Assert.True(clock.GetUtcNow() - began >= TimeSpan.FromMinutes(minutes), "given up too early");
        AssertLost(phase, lost, connection);
    }

    [Theory]
    [MemberData(nameof(Answered))]
    public async Task One_byte_every_ten_seconds_is_no_answer(string phase)
    {
        var clock = new ManualClock();
        using var tick = new SemaphoreSlim(0);
        await using var server = FailingServer.At(phase, async peer =>
        {
            foreach (var piece in "250-" + new string('x', 96))
            {
                await tick.WaitAsync();
                if (!await peer.TrySendAsync(piece.ToString())) break;
            }
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync(options: ScriptedSmtpServer.Options(clock));
        var sending = connection.SendAsync();
        await server.Reached;
        while (!sending.IsCompleted)
        {
            tick.Release();
            await Task.Yield();
            clock.Advance(TimeSpan.FromSeconds(10));
        }
        tick.Release(100);
        var lost = await sending;
        Assert.Equal(MailFault.TimedOut, lost.Fault);
        AssertLost(phase, lost, connection);
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Goodbye_421_is_a_refusal_for_now_and_the_end_of_the_session(string phase) => await RefusedAsync(phase, "421-4.3.2 too\r\n421 4.3.2 busy\r\n", SmtpVerdict.RefusedForNow, closes: true);

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Refusal_for_now_is_one_of_the_phase(string phase) => await RefusedAsync(phase, "451 4.7.1 not now\r\n", SmtpVerdict.RefusedForNow, closes: false);

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Refusal_for_good_is_one_of_the_phase(string phase) => await RefusedAsync(phase, "554 5.7.1 never\r\n", SmtpVerdict.RefusedForGood, closes: false);

    [Fact]
    public async Task Refusal_in_the_middle_of_a_content_counts_more_than_a_payload_that_fails_after_it()
    {
        await using var server = FailingServer.At(FailingServer.Body, async peer =>
        {
            await peer.SendAsync("552 5.3.4 too large\r\n");
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var broken = new TaskCompletionSource();
        var payload = SmtpPayload.Of(1 << 20, _ => ValueTask.FromResult<Stream>(new BreakingStream(300_000, broken.Task)), new SmtpShape(1 << 20, false, 80));
        var sending = connection.SendAsync(payload: payload);
        await server.Reached;
        while (!connection.IsClosed) await Task.Yield();
        broken.SetResult();
        var refused = await sending;
        Assert.Equal((SmtpDeliveryKind.Refused, SmtpPhase.Content, 552), (refused.Kind, refused.Phase, refused.Reply!.Code));
    }

    [Fact]
    public async Task Late_250_after_the_deadline_leaves_the_outcome_unknown()
    {
        var clock = new ManualClock();
        await using var server = FailingServer.At(FailingServer.Dot, async peer =>
        {
            await peer.FinishedAsync();
            await peer.TrySendAsync(SendScript.Ok);
        });
        await using var connection = await server.ConnectAsync(options: ScriptedSmtpServer.Options(clock));
        var sending = connection.SendAsync();
        await server.Reached;
        while (!sending.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }
        Assert.True((await sending).OutcomeUnknown);
        server.Finish();
    }

    [Fact]
    public async Task Goodbye_421_in_a_pipeline_is_for_everybody_who_was_not_refused_for_good()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("PIPELINING");
            await peer.ReadSegmentAsync();
            await peer.SendAsync(SendScript.Ok + SendScript.Ok + "550 5.1.1 nobody\r\n421 4.7.0 too many\r\n");
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var refused = await connection.SendAsync(new SmtpEnvelope("ada@mail.test", [SendScript.Ben, SendScript.Cy, new SmtpRecipient("dan@mail.test"), new SmtpRecipient("eve@mail.test")]));
        Assert.Equal((SmtpDeliveryKind.Refused, SmtpPhase.Rcpt, true, 421), (refused.Kind, refused.Phase, refused.IsTransient, refused.Reply!.Code));
        Assert.Equal([421, 550, 421, 421], refused.Recipients.Select(one => one.Reply!.Code));
        Assert.Equal([SmtpVerdict.RefusedForNow, SmtpVerdict.RefusedForGood, SmtpVerdict.RefusedForNow, SmtpVerdict.RefusedForNow], refused.Recipients.Select(one => one.Verdict));
        Assert.True(connection.IsClosed);
    }

    [Fact]
    public async Task Server_that_hangs_up_while_the_intent_is_committed_has_refused()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("PIPELINING");
            await peer.ReadSegmentAsync();
            await peer.SendAsync(SendScript.Ok + SendScript.Ok);
            await peer.FinishedAsync();
            await peer.SendAsync("421 4.4.2 you take too long\r\n");
            peer.Reach();
        });
        await using var connection = await server.ConnectAsync();
        var refused = await connection.SendAsync(SendScript.ToBen, SendScript.Payload, async _ =>
        {
            server.Finish();
            await server.Reached;
            return true;
        }, default);
        Assert.Equal((SmtpDeliveryKind.Refused, 421, false), (refused.Kind, refused.Reply!.Code, refused.OutcomeUnknown));
    }

    [Fact]
    public async Task Session_that_ended_before_takes_no_mail()
    {
        await using var server = new ScriptedSmtpServer(peer => peer.OpenAsync());
        await using var connection = await server.ConnectAsync();
        Assert.Equal((SmtpDeliveryKind.Lost, SmtpPhase.Mail, MailFault.Disconnected), await OutcomeAsync(connection));
        Assert.Equal((SmtpDeliveryKind.Lost, SmtpPhase.Mail, MailFault.Disconnected), await OutcomeAsync(connection));
    }

    private static async Task<(SmtpDeliveryKind Kind, SmtpPhase Phase, MailFault? Fault)> OutcomeAsync(SmtpConnection connection)
    {
        var lost = await connection.SendAsync();
        Assert.False(lost.OutcomeUnknown);
        return (lost.Kind, lost.Phase, lost.Fault);
    }

    /// <summary>Lines of a content, and a failure when the test says so.</summary>
    private sealed class BreakingStream(int bytes, Task breaks) : MemoryStream(System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456789abcdef\r\n", bytes / 18))))
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (await base.ReadAsync(buffer, cancellationToken) is > 0 and var count) return count;
            await breaks;
            throw new IOException("the database");
        }
    }

    private static async Task LostAsync(string phase, MailFault fault, Func<ScriptedSmtpPeer, Task> failure)
    {
        await using var server = FailingServer.At(phase, failure);
        await using var connection = await server.ConnectAsync();
        var lost = await connection.SendAsync(payload: FailingServer.PayloadOf(phase));
        Assert.Equal((SmtpDeliveryKind.Lost, fault), (lost.Kind, lost.Fault));
        AssertLost(phase, lost, connection);
    }

    private static void AssertLost(string phase, SmtpDelivery lost, SmtpConnection connection)
    {
        // The 250 to MAIL may still be unread when the end comes.
        Assert.Contains(lost.Phase, phase == FailingServer.Rcpt ? [SmtpPhase.Mail, SmtpPhase.Rcpt] : new[] { FailingServer.PhaseOf(phase) });
        Assert.Equal(FailingServer.IsAfterTheEnd(phase), lost.OutcomeUnknown);
        Assert.Equal(!lost.OutcomeUnknown, lost.IsTransient);
        Assert.Equal(SmtpVerdict.Unsettled, Assert.Single(lost.Recipients).Verdict);
        Assert.True(connection.IsClosed);
    }

    private static async Task RefusedAsync(string phase, string reply, SmtpVerdict verdict, bool closes)
    {
        await using var server = FailingServer.At(phase, async peer =>
        {
            // Whoever has pipelined is answered for everything.
            await peer.SendAsync(phase == FailingServer.Mail && !closes ? reply + "503 5.5.1 need MAIL\r\n" : reply);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var refused = await connection.SendAsync(payload: FailingServer.PayloadOf(phase));
        Assert.Equal((SmtpDeliveryKind.Refused, FailingServer.PhaseOf(phase), false), (refused.Kind, refused.Phase, refused.OutcomeUnknown));
        Assert.Equal((verdict == SmtpVerdict.RefusedForNow, reply[..3]), (refused.IsTransient, refused.Reply!.Code.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var recipient = Assert.Single(refused.Recipients);
        Assert.Equal((verdict, refused.Phase, refused.Reply), (recipient.Verdict, recipient.Phase, recipient.Reply));
        // Who is refused in the middle of a content can only leave.
        Assert.Equal(closes || phase == FailingServer.Body, connection.IsClosed);
    }

    private static async Task SayAsync(ScriptedSmtpPeer peer, string text)
    {
        await peer.SendAsync(text);
        await peer.GoneAsync();
    }
}
