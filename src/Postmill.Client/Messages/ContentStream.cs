using System.Net;
using System.Net.Http.Headers;
using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary>
/// One content over as many connections as it takes. Each one after the first asks for the rest with <c>If-Range</c> (RFC 9110 §13.1.5), so that bytes of another
/// content are never put behind those that were already handed out.
/// </summary>
internal sealed class ContentStream(ApiWire wire, string path, HttpResponseMessage first, long offset, long? total) : Stream
{
    private readonly EntityTagHeaderValue? _tag = first.Headers.ETag is { IsWeak: false } tag ? tag : null;
    private HttpResponseMessage? _answer = first;
    private Stream? _body;
    private long _position = offset;
    private int _losses;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => total ?? throw new NotSupportedException();

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    /// <param name="wire">To the service.</param>
    /// <param name="path">Of the content.</param>
    /// <param name="offset">The first byte wanted.</param>
    /// <param name="unchanged">The content that must still be there; null: whatever is there.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public static Task<HttpResponseMessage> RequestAsync(ApiWire wire, string path, long offset, EntityTagHeaderValue? unchanged, CancellationToken cancellationToken) =>
        wire.WithinAsync(wire.Options.AnswerTime, async within =>
        {
            var answer = await wire.OpenAsync(HttpMethod.Get, path, request =>
            {
                if (offset == 0) return;
                request.Headers.Range = new RangeHeaderValue(offset, null);
                if (unchanged is not null) request.Headers.IfRange = new RangeConditionHeaderValue(unchanged);
            }, within).ConfigureAwait(false);
            if (offset == 0 || (answer.StatusCode == HttpStatusCode.PartialContent && answer.Content.Headers.ContentRange?.From == offset)) return answer;
            answer.Dispose();
            throw unchanged is null
                ? new PostmillException("bad_answer", "the service did not answer with the range that was asked for")
                : new PostmillException("content_changed", "the content is another one than when its download began");
        }, cancellationToken);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0) return 0;
        while (true)
        {
            try
            {
                var read = await wire.WithinAsync(wire.Options.Silence, within => ReadOnceAsync(buffer, within), cancellationToken).ConfigureAwait(false);
                if (read > 0) _losses = 0;
                _position += read;
                if (read > 0 || total is null || _position >= total) return read;
                throw new PostmillException("connection_lost", "the content ended before its end");
            }
            catch (PostmillException e) when (e.IsLoss && _tag is not null && ++_losses <= ClientLimits.ResumesWithoutProgress)
            {
                await CloseAsync().ConfigureAwait(false);
                await Task.Delay(Backoff.After(_losses), wire.Options.Clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read it asynchronously");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _answer?.Dispose();
        base.Dispose(disposing);
    }

    private async Task<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken within)
    {
        _answer ??= await RequestAsync(wire, path, _position, _tag, within).ConfigureAwait(false);
        _body ??= await _answer.Content.ReadAsStreamAsync(within).ConfigureAwait(false);
        return await _body.ReadAsync(buffer, within).ConfigureAwait(false);
    }

    private async ValueTask CloseAsync()
    {
        if (_body is not null) await _body.DisposeAsync().ConfigureAwait(false);
        _answer?.Dispose();
        (_body, _answer) = (null, null);
    }
}
