using System.Text;
using Postmill.Mail.Net;
using Postmill.Mail.Tests.Smtp;
using Postmill.Testing;

namespace Postmill.Mail.Tests.Net;

/// <summary>The budget of silence, on the manual clock and a connection in memory: every wait is one that the test can see.</summary>
public sealed class GuardBudgetTests
{
    private static readonly TimeSpan Almost = TimeSpan.FromSeconds(59);

    [Fact]
    public async Task Whole_lines_earn_the_budget_back()
    {
        await using var waiting = new Waiting();
        // 20 minutes of a search; octets alone would have earned a second.
        for (var line = 0; line < 20; line++) await waiting.HearAsync("* OK still working\r\n", after: Almost);
        await waiting.HearAsync("A1 OK\r\n", after: Almost);
        Assert.False(waiting.Guard.IsClosed);
    }

    [Fact]
    public async Task Whole_lines_do_not_earn_without_end()
    {
        await using var waiting = new Waiting();
        for (var line = 0; line < 30; line++) await waiting.HearAsync("* OK still working\r\n", after: Almost);
        await waiting.DieAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Parts_of_a_line_earn_what_their_octets_are_worth()
    {
        await using var waiting = new Waiting();
        await waiting.HearAsync(new string('x', 10 * 1024), after: TimeSpan.FromSeconds(50));
        // 10 s are left and 10 s are earned.
        await waiting.HearAsync("x", after: TimeSpan.FromSeconds(19));
        await waiting.DieAsync(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Next_command_has_a_budget_of_its_own()
    {
        await using var waiting = new Waiting();
        await waiting.HearAsync("* OK", after: Almost);
        await waiting.Guard.WriteAsync("A2 NOOP\r\n"u8.ToArray());
        await waiting.HearAsync(" still working", after: Almost);
        await waiting.DieAsync(TimeSpan.FromSeconds(2));
    }

    /// <summary>A guard whose MailKit waits for the answer to a command, 60 s at most.</summary>
    private sealed class Waiting : IAsyncDisposable
    {
        private readonly ManualClock _clock = new();
        private readonly CutStream _server = new(_ => null, int.MaxValue, afterIt: false);
        private readonly byte[] _buffer = new byte[64 * 1024];

        public Waiting()
        {
            var options = new MailTransportOptions { Time = _clock, AllowPlaintext = true };
            var transport = new MailTransport(_server, null, new MailClock(options.Time, options.Timeouts), options);
            Guard = new ImapGuardedStream(transport, "* OK ready\r\n"u8.ToArray());
            Assert.True(Guard.WriteAsync("A1 SEARCH TEXT x\r\n"u8.ToArray()).AsTask().IsCompletedSuccessfully, "the command is written");
            Assert.True(Guard.ReadAsync(_buffer).AsTask().IsCompletedSuccessfully, "the greeting is there to be read");
        }

        public ImapGuardedStream Guard { get; }

        public async Task HearAsync(string said, TimeSpan after)
        {
            var reading = Guard.ReadAsync(_buffer).AsTask();
            Assert.False(reading.IsCompleted, "something was there already");
            _clock.Advance(after);
            _server.Say(said);
            Assert.Equal(said, Encoding.ASCII.GetString(_buffer, 0, await reading));
        }

        public async Task DieAsync(TimeSpan after)
        {
            var reading = Guard.ReadAsync(_buffer).AsTask();
            _clock.Advance(after);
            Assert.Equal(MailFault.TimedOut, (await Assert.ThrowsAsync<MailServerException>(() => reading)).Fault);
        }

        public ValueTask DisposeAsync() => Guard.DisposeAsync();
    }
}
