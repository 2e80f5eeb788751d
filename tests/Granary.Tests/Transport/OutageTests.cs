using Granary.Cluster;
using Granary.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Postmill.Testing;

namespace Granary.Tests.Transport;

public sealed class OutageTests : IDisposable
{
    private static readonly SiloMember Away = NewSilo();

    private readonly ManualClock _clock = new();
    private readonly LogLines _lines = new();
    private readonly ILoggerFactory _loggers;
    private readonly Outages _outages;

    public OutageTests()
    {
        _loggers = LoggerFactory.Create(b => b.AddProvider(_lines));
        _outages = new Outages(_clock, Options.Create(new TransportOptions()), new Logger<Outages>(_loggers));
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _lines.Dispose();
    }

    [Fact]
    public void A_silo_that_may_be_starting_again_is_tried_by_every_call()
    {
        foreach (var pause in new[] { 0, 200, 400 })
        {
            _clock.Advance(TimeSpan.FromMilliseconds(pause));
            Assert.Null(_outages.Refusal(Away));
            Fail(Away);
        }

        Assert.Null(_outages.Refusal(Away));
        Assert.Empty(_lines.All);
    }

    [Fact]
    public void A_silo_that_stays_away_is_tried_by_one_call_a_second_and_the_others_are_told_why()
    {
        FailForLong();
        for (var second = 0; second < 5; second++)
        {
            Assert.Contains("nobody is there", _outages.Refusal(Away)!, StringComparison.Ordinal);
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Null(_outages.Refusal(Away));
            Assert.NotNull(_outages.Refusal(Away));
            Fail(Away);
        }

        Assert.Null(_outages.Refusal(NewSilo()));
        Assert.Equal(["Warning: nobody is there; calls to its grains fail until it can be reached or its lease is over. Are the address and port that it advertises right, and open from here?"], _lines.All);
    }

    [Fact]
    public void One_answer_opens_the_way_for_all()
    {
        FailForLong();
        _outages.Reached(Away);
        Assert.Null(_outages.Refusal(Away));
        Assert.Null(_outages.Refusal(Away));
        Assert.Contains("can be reached again after 00:00:01.5", _lines.All[^1], StringComparison.Ordinal);
        Fail(Away);
        Assert.Null(_outages.Refusal(Away));
    }

    [Fact]
    public void An_attempt_that_waited_long_for_its_connection_is_proof_enough()
    {
        var began = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(3));
        _outages.Unreached(Away, began, "it does not answer");
        Assert.Contains("it does not answer (for 3.0 s now; it is tried every 1 s)", _outages.Refusal(Away)!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_of_long_ago_counts_for_nothing_and_is_forgotten()
    {
        FailForLong();
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(_outages.Refusal(Away));
        Assert.Null(_outages.Refusal(Away));
        Fail(Away);
        Assert.Null(_outages.Refusal(Away));
        for (var i = 0; i < 1_000; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            var other = NewSilo();
            Fail(other);
            _clock.Advance(TimeSpan.FromSeconds(2));
            Fail(other);
        }

        Assert.InRange(_outages.Count, 1, 15);
    }

    private static SiloMember NewSilo() => new(Guid.NewGuid(), "10.0.0.1:1", "b", "1", "silo");

    private void Fail(SiloMember silo) => _outages.Unreached(silo, _clock.GetTimestamp(), "nobody is there");

    private void FailForLong()
    {
        Fail(Away);
        _clock.Advance(TimeSpan.FromMilliseconds(1_500));
        Fail(Away);
    }
}
