using Npgsql;
using NpgsqlTypes;

namespace Postmill.Adapters.Postgres.Feed;

/// <summary>Appends to a user's log inside the transaction that makes the events true.</summary>
internal static class FeedWriter
{
    /// <summary>Events per statement; a bulk run appends several times within its transaction.</summary>
    private const int BatchEvents = 1_000;

    // The counter's row lock is held until commit: the next writer gets its numbers after this one is visible, so no reader's cursor can
    // pass an event that is still to come.
    private const string Append = """
        WITH counter AS (
          INSERT INTO feed (user_id, seq) VALUES ($1, $2)
          ON CONFLICT (user_id) DO UPDATE SET seq = feed.seq + excluded.seq
          RETURNING seq
        ), written AS (
          INSERT INTO event (user_id, seq, type, payload, at)
          SELECT $1, counter.seq - $2 + entry.n, entry.type, entry.payload, entry.at
          FROM counter, unnest($3, $4, $5) WITH ORDINALITY AS entry (type, payload, at, n)
        )
        SELECT seq FROM counter
        """;

    /// <summary>
    /// Appends in order and returns the last seq, for <c>IFeedGrain.Advanced</c> after the commit. Call it LAST in the transaction: from here
    /// to the commit every other writer of this user waits.
    /// </summary>
    /// <exception cref="ArgumentException">There is nothing to append.</exception>
    public static async Task<long> AppendAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid userId, IReadOnlyList<FeedEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0) throw new ArgumentException("nothing to append", nameof(entries));
        long last = 0;
        foreach (var batch in entries.Chunk(BatchEvents))
        {
            await using var command = new NpgsqlCommand(Append, connection, transaction)
            {
                Parameters =
                {
                    new() { Value = userId },
                    new() { Value = (long)batch.Length },
                    new() { Value = Array.ConvertAll(batch, entry => entry.Type) },
                    new() { Value = Array.ConvertAll(batch, entry => entry.Json), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Json },
                    new() { Value = Array.ConvertAll(batch, entry => entry.At.UtcDateTime), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                },
            };
            last = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        return last;
    }
}
