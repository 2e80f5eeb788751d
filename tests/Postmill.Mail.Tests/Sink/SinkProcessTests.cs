using Postmill.Testing;
using Postmill.Testing.Servers;
using Postmill.Testing.Sink;

namespace Postmill.Mail.Tests.Sink;

/// <summary>The sink as a process: orders, a kill in the middle, and Postfix's client against it.</summary>
public sealed class SinkProcessTests
{
    [Fact]
    public async Task What_it_said_250_for_is_in_the_journal_after_a_kill()
    {
        await using var sink = await SinkProcess.StartAsync(new SinkOptions { KeepContent = false });
        var confirmed = 0;
        var sending = Task.WhenAll(Enumerable.Range(0, 8).Select(n => SendUntilLostAsync(sink.Port, n, () => Interlocked.Increment(ref confirmed))));
        await Eventually.TrueAsync("some mails were accepted", () => Task.FromResult(Volatile.Read(ref confirmed) >= 200));
        await sink.KillAsync();
        await sending;
        var accepted = sink.Accepted.Count;
        Assert.InRange(accepted, confirmed, confirmed + 8);

        await sink.StartAsync();
        using var session = await RawSession.WithEnvelopeAsync(sink.Port);
        await session.SayAsync("DATA", "354");
        await session.SayAsync("x\r\n.", "250");
        Assert.Equal(accepted + 1, sink.Accepted.Count);
    }

    [Fact]
    public async Task A_line_torn_by_a_kill_is_no_mail_and_hides_none()
    {
        await using var sink = await SinkProcess.StartAsync();
        using (var session = await RawSession.WithEnvelopeAsync(sink.Port))
        {
            await session.SayAsync("DATA", "354");
            await session.SayAsync("x\r\n.", "250");
        }

        await sink.KillAsync();
        var journal = sink.JournalPath;
        var whole = await File.ReadAllTextAsync(journal);
        await File.AppendAllTextAsync(journal, whole[..(whole.Length / 2)]);
        Assert.Single(sink.Accepted);
        await sink.StartAsync();
        using (var session = await RawSession.WithEnvelopeAsync(sink.Port, "second@mail.test"))
        {
            await session.SayAsync("DATA", "354");
            await session.SayAsync("x\r\n.", "250");
        }

        Assert.Equal(["bob@mail.test", "second@mail.test"], sink.Accepted.Select(m => m.Recipients[0]));
    }

    [Fact]
    public async Task It_takes_orders_while_it_runs()
    {
        await using var sink = await SinkProcess.StartAsync();
        await sink.UseAsync(new SinkRule(SinkPhase.Rcpt, SinkFault.Answer("450 4.2.0 later")), new SinkRule(SinkPhase.Noop, SinkFault.Behind("gate")));
        using var session = await RawSession.OpenAsync(sink.Port);
        await session.ExpectAsync("220");
        await session.SayAsync("MAIL FROM:<a@mail.test>", "250");
        await session.SayAsync("RCPT TO:<b@mail.test>", "450");
        await session.WriteAsync("NOOP\r\n");
        await Eventually.TrueAsync("it waits", async () => (await sink.CountsAsync()).Struck[SinkPhase.Noop] == 1);
        await sink.OpenAsync("gate");
        await session.ExpectAsync("250");
        Assert.Equal(1, (await sink.CountsAsync()).Open);
        await sink.CutAllAsync();
        await session.EndsAsync();
    }

    [Fact]
    public async Task Postfix_sends_through_hundreds_of_connections()
    {
        await using var sink = await SinkProcess.StartAsync(new SinkOptions { Fsync = false });
        await PostfixSource.RunAsync(sink.Port, new PostfixSource.Load(Mails: 2000, Sessions: 200, Bytes: 4000));
        var accepted = sink.Accepted;
        Assert.Equal(2000, accepted.Count);
        Assert.All(accepted, mail => Assert.Single(mail.Recipients));
        Assert.Empty((await sink.CountsAsync()).Violations);
    }

    private static async Task SendUntilLostAsync(int port, int client, Action confirmed)
    {
        try
        {
            using var session = await RawSession.OpenAsync(port);
            await session.ReplyAsync();
            for (var n = 0; ; n++)
            {
                foreach (var line in new[] { "MAIL FROM:<a@mail.test>", $"RCPT TO:<{client}.{n}@mail.test>", "DATA", "x\r\n." })
                {
                    await session.WriteAsync($"{line}\r\n");
                    if (await session.ReplyAsync() is null) return;
                }

                confirmed();
            }
        }
        catch (IOException)
        {
            return;
        }
    }
}
