using Postmill.Grains.Sync;

namespace Postmill.Host.Tests.SyncApi;

public sealed class DefaultsTests
{
    [Fact]
    public void Out_of_the_box_the_cadence_is_that_of_the_page()
    {
        var cadence = new SyncOptions().Cadence;
        Assert.Equal(TimeSpan.FromMinutes(5), cadence.Interval);
        Assert.Equal(TimeSpan.FromSeconds(30), cadence.ThrottleWindow);
        Assert.Equal([TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)], cadence.Ladder);
    }
}
