using Postmill.Mail.Mime.Writing;

namespace Postmill.Mail.Tests.Mime.Writing;

/// <summary>Contents that are opened when the mail is written, and mails that are written several times.</summary>
public sealed class ComposeStreamTests
{
    private const int Large = 64 << 20;

    [Fact]
    public async Task A_content_is_opened_for_each_writing_and_closed_after_it()
    {
        var opened = new List<NoiseStream>();
        var composed = Composing.Compose(Composing.Plain with { Attachments = [Opened(200_000, opened)] });
        Assert.Empty(opened);
        var first = await WrittenAsync(composed);
        Assert.Equal(first, await WrittenAsync(composed));
        Assert.Equal(composed.Length, first.Length);
        Assert.Equal(2, opened.Count);
        Assert.All(opened, stream => Assert.True(stream.IsClosed));
    }

    [Fact]
    public async Task A_mail_that_is_written_several_times_at_once_is_the_same_each_time()
    {
        foreach (var text in new[] { "one line without end", "ein Gruß ohne Ende, damit es quoted-printable wird" })
        {
            var composed = Composing.Compose(Composing.Plain with { Text = text });
            var written = composed.ToArray();
            var all = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => WrittenAsync(composed))));
            Assert.All(all, octets => Assert.Equal(written, octets));
        }
        var withFile = Composing.Compose(Composing.Plain with { Html = "<p>", Attachments = [Opened(300_000, [])] });
        var mails = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => WrittenAsync(withFile))));
        Assert.All(mails, octets => Assert.Equal(mails[0], octets));
    }

    [Fact]
    public async Task A_large_content_is_never_held_whole()
    {
        var limits = OutgoingLimits.Default with { MessageBytes = 2L * Large };
        var composed = Composing.Compose(Composing.Plain with { Attachments = [Opened(Large, [])] }, limits);
        await composed.WriteToAsync(Stream.Null);
        var before = GC.GetAllocatedBytesForCurrentThread();
        await composed.WriteToAsync(Stream.Null);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static OutgoingAttachment Opened(int length, List<NoiseStream> opened) => new(OutgoingContent.From(length, _ =>
    {
        var stream = new NoiseStream(length);
        opened.Add(stream);
        return ValueTask.FromResult<Stream>(stream);
    }));

    private static async Task<byte[]> WrittenAsync(ComposedMessage composed)
    {
        using var written = new MemoryStream();
        await composed.WriteToAsync(written);
        return written.ToArray();
    }

    /// <summary>So many octets, forward only, in reads of awkward sizes.</summary>
    private sealed class NoiseStream(int length) : Stream
    {
        private int _at;

        public bool IsClosed { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = Math.Min(Math.Min(buffer.Length, 4_099), length - _at);
            for (var i = 0; i < read; i++)
                buffer[i] = (byte)((_at + i) * 31 >> 3);
            _at += read;
            return read;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            IsClosed = true;
            base.Dispose(disposing);
        }
    }
}
