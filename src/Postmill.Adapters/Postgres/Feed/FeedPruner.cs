using Npgsql;
using NpgsqlTypes;

namespace Postmill.Adapters.Postgres.Feed;

/// <summary>Removes the oldest events of every log and raises its floor in the same statement, so that no reader takes the hole for silence.</summary>
internal sealed class FeedPruner(NpgsqlDataSource database)
{
    /// <summary>Events removed by one statement: a few milliseconds during which the user's writers wait for the floor's row.</summary>
    public const int BatchEvents = 1_000;

    /// <summary>Old events looked at to find whose logs are due.</summary>
    private const int ScanEvents = 10_000;

    private const string Due = "SELECT DISTINCT user_id FROM (SELECT user_id FROM event WHERE at < $1 ORDER BY at LIMIT $2) AS old";

    // Only the unbroken run of old events from the bottom: what stays is gap-free whatever the writers' clocks said.
    private const string Prune = """
        WITH lowest AS (
          SELECT seq, at FROM event WHERE user_id = $1 ORDER BY seq LIMIT $3
        ), cut AS (
          SELECT coalesce(min(seq) FILTER (WHERE at >= $2) - 1, max(seq)) AS floor FROM lowest
        ), gone AS (
          DELETE FROM event USING cut WHERE event.user_id = $1 AND event.seq <= cut.floor RETURNING 1
        ), counted AS (
          SELECT count(*) AS n FROM gone
        ), raised AS (
          UPDATE feed SET floor = greatest(feed.floor, cut.floor) FROM cut, counted WHERE feed.user_id = $1 AND counted.n > 0
        )
        SELECT n FROM counted
        """;

    /// <summary>Prunes every log that has events from before <paramref name="before"/>; returns how many went.</summary>
    public async Task<long> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        long total = 0;
        while (true)
        {
            long round = 0;
            foreach (var user in await DueAsync(before, cancellationToken)) round += await PruneUserAsync(user, before, cancellationToken);
            total += round;
            if (round == 0) return total;
        }
    }

    private async Task<List<Guid>> DueAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Due);
        command.Parameters.Add(Moment(before));
        command.Parameters.Add(new() { Value = ScanEvents });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var users = new List<Guid>();
        while (await rows.ReadAsync(cancellationToken)) users.Add(rows.GetGuid(0));
        return users;
    }

    private async Task<long> PruneUserAsync(Guid userId, DateTimeOffset before, CancellationToken cancellationToken)
    {
        long removed = 0;
        while (true)
        {
            await using var command = database.CreateCommand(Prune);
            command.Parameters.Add(new() { Value = userId });
            command.Parameters.Add(Moment(before));
            command.Parameters.Add(new() { Value = BatchEvents });
            var batch = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
            removed += batch;
            if (batch < BatchEvents) return removed;
        }
    }

    private static NpgsqlParameter Moment(DateTimeOffset at) => new() { Value = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
