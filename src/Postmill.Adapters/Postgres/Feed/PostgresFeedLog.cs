using System.Data;
using Npgsql;
using Postmill.Domain.Feed;
using Postmill.Grains.Feed;

namespace Postmill.Adapters.Postgres.Feed;

internal sealed class PostgresFeedLog(NpgsqlDataSource database) : IFeedLog
{
    private const string Read = "SELECT seq, type, payload, at FROM event WHERE user_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    private const string Where = "SELECT floor, seq FROM feed WHERE user_id = $1";

    public async Task<IReadOnlyList<FeedEvent>> ReadAsync(Guid userId, long after, int max, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Read);
        command.Parameters.Add(new() { Value = userId });
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = max });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<FeedEvent>();
        while (await rows.ReadAsync(cancellationToken))
            page.Add(new FeedEvent(rows.GetInt64(0), rows.GetString(1), rows.GetString(2), rows.GetFieldValue<DateTimeOffset>(3)));
        return page;
    }

    public async Task<FeedFloor> WhereAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Where);
        command.Parameters.Add(new() { Value = userId });
        await using var rows = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? new FeedFloor(rows.GetInt64(0), rows.GetInt64(1)) : new FeedFloor(0, 0);
    }
}
