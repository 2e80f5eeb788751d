using Npgsql;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Mail.Archives;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

/// <summary>
/// The file of an export, made as it is read, from anywhere: the entry that a position lies in is found by index, and its octets come from the stored mail. Between reads it holds a
/// megabyte at most and no connection.
/// </summary>
internal sealed class ExportStream(NpgsqlDataSource database, ExportFile file) : SeekableReadStream(file.Length)
{
    private readonly ExportEntries _entries = new(database, file.ExportId);
    private Stream? _piece;
    private long _pieceStart;

    /// <exception cref="EndOfStreamException">The export was removed meanwhile.</exception>
    protected override async ValueTask<int> ReadAtAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_piece is null || position < _pieceStart || position >= _pieceStart + _piece.Length) await OpenAsync(position, cancellationToken);
        _piece!.Position = position - _pieceStart;
        return await _piece.ReadAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _piece?.Dispose();
        base.Dispose(disposing);
    }

    private async Task OpenAsync(long position, CancellationToken cancellationToken)
    {
        _piece?.Dispose();
        _piece = null;
        var directoryEnd = file.MailsEnd + file.DirectoryEnd;
        if (position < file.MailsEnd) await OpenMailAsync(position, cancellationToken);
        else if (position < directoryEnd) await OpenDirectoryAsync(position - file.MailsEnd, cancellationToken);
        else Open(directoryEnd, ZipRecords.End(file.Mails, file.MailsEnd, file.DirectoryEnd));
    }

    private async Task OpenMailAsync(long position, CancellationToken cancellationToken)
    {
        var (entry, small) = await _entries.MailAtAsync(position, cancellationToken);
        if (file.Format == ExportFormat.Mbox)
        {
            (_piece, _pieceStart) = (new MboxMailStream(entry.Label, entry.Length, OpenRaw), entry.Start);
            return;
        }

        var head = ZipRecords.Local(entry.Zip);
        if (position < entry.Start + head.Length) Open(entry.Start, head);
        else (_piece, _pieceStart) = (OpenRaw(), entry.Start + head.Length);

        Stream OpenRaw() => small is null ? new RawStream(database, entry.MessageId, 0, entry.Size) : new MemoryStream(small, writable: false);
    }

    private async Task OpenDirectoryAsync(long position, CancellationToken cancellationToken)
    {
        var entries = await _entries.DirectoryAtAsync(position, cancellationToken);
        var lines = new MemoryStream();
        foreach (var entry in entries) lines.Write(ZipRecords.Directory(entry.Zip, entry.Start));
        (_piece, _pieceStart) = (lines, file.MailsEnd + entries[0].DirectoryAt!.Value);
    }

    private void Open(long start, byte[] octets) => (_piece, _pieceStart) = (new MemoryStream(octets, writable: false), start);
}
