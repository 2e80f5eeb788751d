using System.Net;
using Granary.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Postmill.Testing;

namespace Granary.Tests.Transport;

public sealed class RefusalTests
{
    [Fact]
    public void Each_kind_of_refusal_is_logged_once_in_its_time_with_the_number_of_those_that_were_not()
    {
        var (clock, lines) = (new ManualClock(), new Lines());
        var refusals = new Refusals(clock, Options.Create(new TransportOptions()), lines);
        for (var i = 0; i < 1_000; i++) refusals.Note(401, IPAddress.Loopback, "b at 1.2.3.4:5", "no secret");
        refusals.Note(403, IPAddress.Loopback, "b at 1.2.3.4:5", "other cluster");
        clock.Advance(TimeSpan.FromSeconds(11));
        refusals.Note(401, IPAddress.Loopback, "b at 1.2.3.4:5", "no secret");
        Assert.Equal(3, lines.Count);
        Assert.Contains("no secret (999 more", lines[^1], StringComparison.Ordinal);
    }

    private sealed class Lines : List<string>, ILogger<Refusals>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Add(formatter(state, exception));
    }
}
