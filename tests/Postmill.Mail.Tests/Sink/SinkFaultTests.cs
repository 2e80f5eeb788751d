using System.Net.Sockets;
using Postmill.Testing;
using Postmill.Testing.Sink;

namespace Postmill.Mail.Tests.Sink;

/// <summary>It breaks exactly where its rules say, and the journal knows on which side.</summary>
public sealed class SinkFaultTests
{
    private static readonly (SinkPhase At, string Line)[] Dialogue =
    [
        (SinkPhase.Greeting, ""), (SinkPhase.Ehlo, "EHLO me"), (SinkPhase.Auth, "AUTH PLAIN AGFkYQBwYXNz"), (SinkPhase.Mail, "MAIL FROM:<a@mail.test>"), (SinkPhase.Rcpt, "RCPT TO:<b@mail.test>"),
        (SinkPhase.Data, "DATA"), (SinkPhase.Body, "Subject: x\r\n\r\nbody"), (SinkPhase.Dot, "."),
    ];

    public static TheoryData<SinkPhase> Phases => [.. Dialogue.Select(d => d.At), SinkPhase.Accepted];

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task Connection_is_lost_at_any_phase(SinkPhase at)
    {
        foreach (var fault in new[] { SinkFault.Close, SinkFault.Reset })
        {
            await using var sink = await JournalSink.StartAsync(new SinkOptions { Rules = [new SinkRule(at, fault) { Times = 1 }] });
            // The body is sent without waiting, so its loss shows at the dot, as that of an accepted mail does.
            Assert.Equal(at is SinkPhase.Accepted or SinkPhase.Body ? SinkPhase.Dot : at, await TalkUntilLostAsync(sink.Port));
            Assert.Equal(at == SinkPhase.Accepted ? 1 : 0, sink.Accepted.Count);
            Assert.Equal(1, sink.Counts.Struck[at]);

            Assert.Null(await TalkUntilLostAsync(sink.Port));
        }
    }

    [Theory]
    [InlineData(SinkPhase.Mail, "451 4.7.1 not now")]
    [InlineData(SinkPhase.Rcpt, "450 4.2.0 greylisted")]
    [InlineData(SinkPhase.Rcpt, "550-5.1.1 no\r\n550 5.1.1 such user")]
    [InlineData(SinkPhase.Data, "452 4.3.1 disk")]
    [InlineData(SinkPhase.Dot, "554 5.7.1 spam")]
    [InlineData(SinkPhase.Dot, "not a reply at all")]
    public async Task Command_is_refused_in_the_given_words_and_has_no_effect(SinkPhase at, string words)
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions { Rules = [new SinkRule(at, SinkFault.Answer(words))] });
        using var session = await RawSession.OpenAsync(sink.Port);
        foreach (var (phase, line) in Dialogue)
        {
            if (line.Length > 0) await session.WriteAsync($"{line}\r\n");
            if (phase == SinkPhase.Body) continue;
            if (phase == at)
            {
                Assert.Equal(words.Split("\r\n"), (await session.ReplyAsync())?.Split('\n'));
                break;
            }

            await session.ReplyAsync();
        }

        await session.SayAsync("NOOP", "250");
        Assert.Empty(sink.Accepted);
    }

    [Fact]
    public async Task Only_the_named_recipient_is_refused_and_421_ends_the_connection()
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions
        {
            Rules = [new SinkRule(SinkPhase.Rcpt, SinkFault.Answer("550 5.1.1 who?")) { Recipient = "nobody@" }, new SinkRule(SinkPhase.Rcpt, SinkFault.Answer("421 4.3.2 going")) { Recipient = "last@" }],
        });
        using var session = await RawSession.WithEnvelopeAsync(sink.Port);
        await session.SayAsync("RCPT TO:<nobody@mail.test>", "550");
        await session.SayAsync("DATA", "354");
        await session.SayAsync("x\r\n.", "250");
        Assert.Equal(["bob@mail.test"], Assert.Single(sink.Accepted).Recipients);
        await session.SayAsync("MAIL FROM:<a@mail.test>", "250");
        await session.SayAsync("RCPT TO:<last@mail.test>", "421");
        await session.EndsAsync();
    }

    [Theory]
    [InlineData("DATA")]
    [InlineData("BDAT 300000 LAST")]
    public async Task A_large_mail_is_cut_in_its_middle(string command)
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions { Rules = [new SinkRule(SinkPhase.Body, SinkFault.Close) { AfterBytes = 100_000, Times = 1 }] });
        using var session = await RawSession.WithEnvelopeAsync(sink.Port);
        await session.WriteAsync($"{command}\r\n");
        if (command == "DATA") await session.ExpectAsync("354");
        await session.WriteAsync(new string('x', 90_000));
        await session.WriteAsync(new string('x', 20_000));
        await session.EndsAsync();
        Assert.Equal(1, sink.Counts.Struck[SinkPhase.Body]);
        Assert.Empty(sink.Accepted);
    }

    [Fact]
    public async Task Addresses_spell_faults()
    {
        await using var sink = await JournalSink.StartAsync();
        using var session = await RawSession.WithEnvelopeAsync(sink.Port, "451-once-at-dot.7@mail.test");
        await session.SayAsync("RCPT TO:<550-at-rcpt.8@mail.test>", "550");
        await session.SayAsync("DATA", "354");
        await session.SayAsync("x\r\n.", "451");
        await session.SayAsync("MAIL FROM:<a@mail.test>", "250");
        await session.SayAsync("RCPT TO:<451-once-at-dot.7@mail.test>", "250");
        await session.SayAsync("DATA", "354");
        await session.SayAsync("x\r\n.", "250");
        Assert.Single(sink.Accepted);
    }

    [Fact]
    public async Task A_late_reply_comes_when_the_clock_or_the_test_says()
    {
        var clock = new ManualClock();
        await using var sink = await JournalSink.StartAsync(new SinkOptions
        {
            Rules = [new SinkRule(SinkPhase.Accepted, SinkFault.Late(TimeSpan.FromMinutes(11))) { From = "ada" }, new SinkRule(SinkPhase.Noop, SinkFault.Behind("later"))],
        }, clock);
        using var session = await RawSession.WithEnvelopeAsync(sink.Port);
        await session.SayAsync("DATA", "354");
        await session.WriteAsync("x\r\n.\r\n");
        var reply = session.ReplyAsync();
        await Eventually.TrueAsync("the mail is journaled", () => Task.FromResult(sink.Accepted.Count == 1 && sink.Counts.Struck[SinkPhase.Accepted] == 1));
        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.False(reply.IsCompleted);
        while (!reply.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        Assert.StartsWith("250", await reply, StringComparison.Ordinal);

        await session.WriteAsync("NOOP\r\n");
        await sink.ReachedAsync("later");
        sink.Open("later");
        await session.ExpectAsync("250");
    }

    [Fact]
    public async Task Long_lines_single_bytes_and_silence()
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions
        {
            Rules =
            [
                new SinkRule(SinkPhase.Greeting, new SinkFault { Reply = $"220 {new string('x', 8192)}", ByteByByte = true }),
                new SinkRule(SinkPhase.Noop, SinkFault.Silence) { Skip = 1 },
                new SinkRule(SinkPhase.Rset, SinkFault.AnswerAndClose),
            ],
        });
        using var session = await RawSession.OpenAsync(sink.Port);
        Assert.Equal(8196, (await session.ExpectAsync("220")).Length);
        await session.SayAsync("NOOP", "250");
        await session.WriteAsync("NOOP\r\nNOOP\r\nQUIT\r\n");
        await Eventually.TrueAsync("silence", () => Task.FromResult(sink.Counts.Struck[SinkPhase.Noop] == 1));
        Assert.Equal(1, sink.Counts.Open);
        sink.CutAll();
        await session.EndsAsync();

        using var closed = await RawSession.OpenAsync(sink.Port);
        await closed.ExpectAsync("220");
        await closed.SayAsync("RSET", "250");
        await closed.EndsAsync();
    }

    [Fact]
    public async Task Chance_is_the_seeds()
    {
        var struck = new List<int>();
        for (var run = 0; run < 2; run++)
        {
            await using var sink = await JournalSink.StartAsync(new SinkOptions { Seed = 7, Rules = [new SinkRule(SinkPhase.Noop, SinkFault.Answer("450 no")) { Probability = 0.3 }] });
            using var session = await RawSession.OpenAsync(sink.Port);
            await session.ExpectAsync("220");
            for (var i = 0; i < 100; i++) await session.SayAsync("NOOP", "");
            struck.Add(sink.Counts.Struck[SinkPhase.Noop]);
        }

        Assert.Equal(struck[0], struck[1]);
        Assert.InRange(struck[0], 15, 45);
    }

    /// <summary>The whole dialogue; where the connection ended, or null.</summary>
    private static async Task<SinkPhase?> TalkUntilLostAsync(int port)
    {
        var at = SinkPhase.Greeting;
        try
        {
            using var session = await RawSession.OpenAsync(port);
            foreach (var (phase, line) in Dialogue)
            {
                at = phase;
                if (line.Length > 0) await session.WriteAsync($"{line}\r\n");
                if (phase != SinkPhase.Body && await session.ReplyAsync() is null) return at;
            }

            return null;
        }
        catch (Exception gone) when (gone is IOException or SocketException)
        {
            return at;
        }
    }
}
