using Npgsql;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>
/// A range of a stored mail, read in chunks (message_raw is stored uncompressed, so a chunk costs its own bytes). Between chunks no connection
/// is held: a client that reads one byte a second costs a buffer.
/// </summary>
internal sealed class RawStream(NpgsqlDataSource database, Guid emailId, long offset, long length) : SeekableReadStream(length)
{
    private const string Chunk = "SELECT substring(raw FROM $2 FOR $3) FROM message_raw WHERE message_id = $1";

    private byte[] _chunk = [];
    private long _chunkStart;

    /// <exception cref="EndOfStreamException">The mail was removed, or is shorter than its index says.</exception>
    protected override async ValueTask<int> ReadAtAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (position < _chunkStart || position >= _chunkStart + _chunk.Length) await FetchAsync(position, cancellationToken);
        var at = (int)(position - _chunkStart);
        var count = Math.Min(buffer.Length, _chunk.Length - at);
        _chunk.AsMemory(at, count).CopyTo(buffer);
        return count;
    }

    private async Task FetchAsync(long position, CancellationToken cancellationToken)
    {
        var size = (int)Math.Min(ReadingLimits.ChunkBytes, Length - position);
        // bytea positions are int4 and count from 1; PostgreSQL holds no value of 1 GiB, so they suffice.
        var chunk = Sql.Batch(Chunk, emailId, checked((int)(offset + position)) + 1, size);
        var bytes = await database.PreparedAsync([chunk], async row => await row.ReadAsync(cancellationToken) && !row.IsDBNull(0) ? row.GetFieldValue<byte[]>(0) : null, cancellationToken);
        if (bytes?.Length != size) throw new EndOfStreamException($"message {emailId} ends before octet {offset + position + size}");
        _chunk = bytes;
        _chunkStart = position;
    }
}
