using Postmill.Domain.Sending;
using Postmill.Grains.Sending;
using Postmill.Testing;

namespace Postmill.Grains.Tests.Sending;

/// <summary>Owners with wrong clocks follow each other; what counts is when the server got a mail.</summary>
public sealed class PacerTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), Minute = TimeSpan.FromMinutes(1);

    private readonly ManualClock _true = new();
    private readonly List<DateTimeOffset> _sent = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Ten_owners_with_skewed_and_jumping_clocks_send_no_more_than_the_limit_in_any_true_span(int seed)
    {
        var random = new Random(seed);
        Pace? kept = null;
        IReadOnlyList<PaceLimit> limits = [new(Hour, 100), new(Minute, 20), new(TimeSpan.FromSeconds(1), 5)];
        for (var owner = 0; owner < 10; owner++)
        {
            // The storage failed over too: its clock is another one each time. The silo's own clock is off by an hour now and then, and jumps while it owns.
            var clock = new WrongClock(_true) { Off = TimeSpan.FromHours(random.Next(-1, 2)) };
            var pacer = new Pacer(limits, new KeptPace(kept, _true.GetUtcNow() + Skew(random)), clock.GetTimestamp(), doubtful: 0, clock);
            kept = Send(pacer, Minute * random.Next(1, 40), () => clock.Off += TimeSpan.FromHours(random.Next(-1, 2)), random);
        }

        Assert.InRange(Most(Hour), 1, 100);
        Assert.InRange(Most(Minute), 1, 20);
        Assert.InRange(Most(TimeSpan.FromSeconds(1)), 1, 5);
    }

    [Fact]
    public void An_answer_that_was_long_on_its_way_opens_nothing_early()
    {
        IReadOnlyList<PaceLimit> limits = [new(Minute, 20)];
        var kept = Send(new Pacer(limits, new KeptPace(null, _true.GetUtcNow()), _true.GetTimestamp(), 0, _true), Minute / 2, static () => { }, new Random(1));
        var (at, asked) = (_true.GetUtcNow(), _true.GetTimestamp());
        _true.Advance(Minute / 2);
        Send(new Pacer(limits, new KeptPace(kept, at), asked, 0, _true), Minute * 5, static () => { }, new Random(2));
        Assert.InRange(Most(Minute), 1, 20);
    }

    [Theory]
    [InlineData(3600, 100)]
    [InlineData(60, 100)]
    [InlineData(1, 100)]
    public void An_owner_that_stays_uses_nearly_all_of_the_allowance(int seconds, int most)
    {
        var span = TimeSpan.FromSeconds(seconds);
        Send(new Pacer([new(span, most)], new KeptPace(null, _true.GetUtcNow()), _true.GetTimestamp(), 0, _true), span * 40, static () => { }, new Random(1), span / 600);
        Assert.InRange(_sent.Count, 0.95 * most * 40, most * 41);
        Assert.InRange(Most(span), 1, most);
    }

    /// <summary>Mail without end, for so long; gives what is kept at the end, which may be that of the mail before.</summary>
    private Pace? Send(Pacer pacer, TimeSpan span, Action jump, Random random, TimeSpan? step = null)
    {
        var end = _true.GetUtcNow() + span;
        while (_true.GetUtcNow() < end)
        {
            while (pacer.TryReserve(out _))
            {
                var place = pacer.Use();
                _sent.Add(_true.GetUtcNow());
                pacer.Ended(place);
            }

            if (random.Next(200) == 0) jump();
            _true.Advance(step ?? TimeSpan.FromMilliseconds(random.Next(10, 2_000)));
        }

        return pacer.Kept;
    }

    private static TimeSpan Skew(Random random) => TimeSpan.FromSeconds(random.NextDouble() * 10 - 5);

    private int Most(TimeSpan span)
    {
        var (most, from) = (0, 0);
        for (var at = 0; at < _sent.Count; at++)
        {
            while (_sent[at] - _sent[from] >= span) from++;
            most = Math.Max(most, at - from + 1);
        }

        return most;
    }

    /// <summary>Tells a wrong time of day; its ticks are right.</summary>
    private sealed class WrongClock(ManualClock right) : TimeProvider
    {
        public TimeSpan Off { get; set; }

        public override long TimestampFrequency => right.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => right.GetUtcNow() + Off;

        public override long GetTimestamp() => right.GetTimestamp();
    }
}
