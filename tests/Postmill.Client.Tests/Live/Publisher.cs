using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans;
using Postmill.Adapters.Postgres.Feed;
using Postmill.Domain.Feed;
using Postmill.Host.Tests;
using Postmill.Host.Tests.Live;

namespace Postmill.Client.Tests.Live;

/// <summary>Events as a writer makes them true, at a host of the test's choice.</summary>
internal static class Publisher
{
    /// <summary>Numbered events, in one transaction, then a word to the grain.</summary>
    public static async Task PublishAsync(HostFixture host, Guid userId, int first, int count)
    {
        await using var connection = await host.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var entries = Enumerable.Range(first, count).Select(n => new FeedEntry("test", LiveHost.Frame(n), TimeProvider.System.GetUtcNow())).ToList();
        var last = await FeedWriter.AppendAsync(connection, transaction, userId, entries, CancellationToken.None);
        await transaction.CommitAsync();
        await host.Services.GetRequiredService<IGrainFactory>().Feed(userId).Advanced(last);
    }
}
