using System.Text.Json;
using System.Threading.Channels;

namespace Postmill.Testing.Sink;

/// <summary>
/// The append-only file that tests judge by: one JSON object a line. Whoever appends waits until the line is in the file and, with fsync, on the disk; those who wait at the
/// same time share one.
/// </summary>
internal sealed class SinkJournal : IAsyncDisposable
{
    private const int MostWaiting = 8192;

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(MostWaiting);
    private readonly FileStream _file;
    private readonly bool _fsync;
    private readonly Task _writing;

    public SinkJournal(string path, bool fsync)
    {
        _fsync = fsync;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        EndTornLine();
        _writing = WriteAsync();
    }

    /// <summary>What a journal holds; a last line that was torn by a kill is not there.</summary>
    public static IReadOnlyList<AcceptedMail> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        var text = reader.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[^1] == '}').Select(Parse)];
    }

    public async Task AppendAsync(AcceptedMail mail)
    {
        var waiting = new Waiting([.. JsonSerializer.SerializeToUtf8Bytes(mail), (byte)'\n'], new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await _queue.Writer.WriteAsync(waiting);
        await waiting.Written.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
        await _file.DisposeAsync();
    }

    private static AcceptedMail Parse(string line) => JsonSerializer.Deserialize<AcceptedMail>(line) ?? throw new InvalidDataException(line);

    /// <summary>The sink was killed in the middle of a line: nobody heard 250 for it. It stays, ended so that no reader takes it for a mail.</summary>
    private void EndTornLine()
    {
        if (_file.Length == 0) return;
        _file.Seek(-1, SeekOrigin.End);
        if (_file.ReadByte() != '\n') _file.Write(" torn\n"u8);
        _file.Seek(0, SeekOrigin.End);
    }

    private async Task WriteAsync()
    {
        var group = new List<Waiting>();
        var lines = new MemoryStream();
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (_queue.Reader.TryRead(out var waiting))
            {
                group.Add(waiting);
                lines.Write(waiting.Line);
            }

            try
            {
                await _file.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length));
                if (_fsync) _file.Flush(flushToDisk: true);
                foreach (var waiting in group) waiting.Written.SetResult();
            }
            catch (IOException e)
            {
                foreach (var waiting in group) waiting.Written.SetException(e);
            }

            group.Clear();
            lines.SetLength(0);
        }
    }

    private sealed record Waiting(byte[] Line, TaskCompletionSource Written);
}
