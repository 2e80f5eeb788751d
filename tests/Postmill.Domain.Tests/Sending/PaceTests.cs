using Postmill.Domain.Sending;

namespace Postmill.Domain.Tests.Sending;

public sealed class PaceTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 14, 12, 0, 0, TimeSpan.Zero);
    private static readonly PaceLimit Hundred = new(TimeSpan.FromHours(1), 100);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Whatever_the_rhythm_no_rolling_hour_has_more_than_the_limit(int seed)
    {
        var random = new Random(seed);
        var (sent, pace, now) = (new List<DateTimeOffset>(), Pace.Of([Hundred, new PaceLimit(TimeSpan.FromMinutes(1), 7)], null, Noon), Noon);
        for (var step = 0; step < 5_000; step++)
        {
            now += TimeSpan.FromSeconds(random.NextDouble() * random.Next(1, 90));
            for (var burst = random.Next(0, 20); burst > 0 && pace.Free(now) > 0; burst--)
            {
                pace = pace.Take(1, now);
                sent.Add(now);
            }
        }

        Assert.True(Most(sent, TimeSpan.FromHours(1)) <= 100);
        Assert.True(Most(sent, TimeSpan.FromMinutes(1)) <= 7);
    }

    [Fact]
    public void Who_always_has_mail_uses_nearly_all_of_the_allowance()
    {
        var (sent, pace, now) = (0, Pace.Of([Hundred], null, Noon), Noon);
        while (now < Noon.AddHours(50))
        {
            while (pace.Free(now) > 0) (pace, sent) = (pace.Take(1, now), sent + 1);
            var next = pace.NextAt(now);
            Assert.True(next > now);
            now = next;
        }

        Assert.InRange(sent, 95 * 50, 100 * 51);
    }

    [Fact]
    public void A_mail_that_was_slow_counts_from_when_it_went_out()
    {
        var pace = Pace.Of([Hundred], null, Noon);
        for (var n = 0; n < 100; n++) pace = pace.Take(1, Noon);
        pace = pace.Move(Noon, Noon.AddMinutes(10));
        Assert.Equal(99, pace.Free(Noon.AddMinutes(62)));
        Assert.Equal(100, pace.Free(Noon.AddMinutes(73)));
    }

    [Fact]
    public void One_that_went_out_after_its_mark_had_faded_counts_all_the_same()
    {
        var pace = Pace.Of([Hundred], null, Noon).Take(1, Noon).Move(Noon, Noon.AddHours(3));
        Assert.Equal(99, pace.Free(Noon.AddHours(3)));
    }

    [Fact]
    public void A_clock_that_went_back_frees_nothing()
    {
        var pace = Pace.Of([Hundred], null, Noon).Take(100, Noon);
        Assert.Equal(0, pace.Free(Noon.AddHours(-1)));
        Assert.Equal(0, pace.Free(Noon.AddMinutes(60)));
        Assert.Equal(100, pace.Free(Noon.AddMinutes(61)));
    }

    [Theory]
    [InlineData(3600, 61, 62, 30)]
    [InlineData(60, 70, 71, 30)]
    [InlineData(1, 119, 123, 100)] // ten seconds are more than all of it: everything counts from now
    public void Marks_of_another_clock_count_as_later_but_none_as_later_than_now(int seconds, int full, int freed, int free)
    {
        var span = TimeSpan.FromSeconds(seconds);
        var kept = Pace.Of([new PaceLimit(span, 100)], null, Noon).Take(30, Noon).Take(70, Noon + span * 0.75);
        var later = kept.Later(TimeSpan.FromSeconds(10), Noon + span);
        Assert.Equal(0, later.Free(Noon + span * full / 60));
        Assert.Equal(free, later.Free(Noon + span * freed / 60));
        Assert.Equal(100, later.Free(Noon + span * 123 / 60));
    }

    [Fact]
    public void A_limit_that_was_changed_keeps_what_was_used()
    {
        var kept = Pace.Of([Hundred], null, Noon).Take(60, Noon);
        Assert.Equal(0, Pace.Of([Hundred with { Most = 50 }], kept, Noon).Free(Noon));
        Assert.Equal(140, Pace.Of([Hundred with { Most = 200 }], kept, Noon).Free(Noon));
        Assert.Equal(int.MaxValue, Pace.Of([], kept, Noon).Free(Noon));
    }

    private static int Most(List<DateTimeOffset> sent, TimeSpan span)
    {
        var (most, from) = (0, 0);
        for (var at = 0; at < sent.Count; at++)
        {
            while (sent[at] - sent[from] >= span) from++;
            most = Math.Max(most, at - from + 1);
        }

        return most;
    }
}
