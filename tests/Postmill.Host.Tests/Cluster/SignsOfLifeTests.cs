using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Postmill.Adapters.Postgres.Cluster;

namespace Postmill.Host.Tests.Cluster;

public sealed class SignsOfLifeTests
{
    /// <summary>As after an outage of the database: Orleans' attempts have become so rare that the others' patience would end before the next one.</summary>
    [Fact]
    public async Task Silos_for_which_Orleans_does_not_say_in_time_that_they_live_say_it_themselves_and_nobody_is_declared_dead()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var (one, two) = (await cluster.StartAsync(configure: NeverSigns), await cluster.StartAsync(configure: NeverSigns));
        await ClusterHosts.SeeEachOtherAsync(one, two);
        var begun = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begun) < 1.5 * ClusterLimits.Silence)
        {
            var longest = await cluster.ScalarAsync<TimeSpan>("SELECT max(now() - seen_at) FROM silo WHERE status = 'active'");
            Assert.InRange(longest, TimeSpan.Zero, ClusterLimits.Silence);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, await cluster.ScalarAsync<long>("SELECT count(*) FROM silo WHERE status = 'active'"));
        Assert.True(((NeverSigning)one.Services.GetRequiredService<IMembershipTable>()).Attempts > 0, "Orleans has tried");
    }

    private static void NeverSigns(WebApplicationBuilder builder)
    {
        var theirs = builder.Services.Last(s => s.ServiceType == typeof(IMembershipTable));
        builder.Services.AddSingleton(services =>
        {
            var table = DispatchProxy.Create<IMembershipTable, NeverSigning>();
            ((NeverSigning)table).Table = (IMembershipTable)(theirs.ImplementationFactory?.Invoke(services) ?? ActivatorUtilities.CreateInstance(services, theirs.ImplementationType!));
            return table;
        });
    }
}

/// <summary>A membership table that writes everything but signs of life.</summary>
public class NeverSigning : DispatchProxy
{
    private int _attempts;

    public IMembershipTable? Table { get; set; }

    public int Attempts => Volatile.Read(ref _attempts);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (!targetMethod!.Name.StartsWith("UpdateIAmAlive", StringComparison.Ordinal)) return targetMethod.Invoke(Table, args);
        Interlocked.Increment(ref _attempts);
        return Task.FromException(new TimeoutException("the sign of life was not written"));
    }
}
