using System.Globalization;
using System.IO.Compression;
using System.Text;
using Postmill.Mail.Archives;

namespace Postmill.Mail.Tests.Archives;

public sealed class ZipTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 27, 12, 0, 4, TimeSpan.Zero);

    [Fact]
    public void The_checksum_is_the_known_one_however_it_is_fed()
    {
        Assert.Equal(0xCBF43926, Crc32.Of("123456789"u8));
        Assert.Equal(0u, Crc32.Of([]));
        var octets = new byte[1_000];
        new Random(3).NextBytes(octets);
        var crc = new Crc32();
        foreach (var chunk in octets.Chunk(7)) crc.Append(chunk);
        Assert.Equal(Crc32.Of(octets), crc.Value);
    }

    [Fact]
    public void An_independent_reader_finds_names_times_and_content()
    {
        var zip = new MemoryStream();
        Write(zip, [("INBOX/a.eml", Encoding.UTF8.GetBytes("one")), ("Grüße/日本.eml", []), ("x/y/z.eml", new byte[70_000])]);
        using var read = new ZipArchive(zip, ZipArchiveMode.Read);
        Assert.Equal(["INBOX/a.eml", "Grüße/日本.eml", "x/y/z.eml"], read.Entries.Select(e => e.FullName));
        Assert.Equal([3, 0, 70_000], read.Entries.Select(e => e.Length));
        Assert.All(read.Entries, e => Assert.Equal(Noon.DateTime, e.LastWriteTime.DateTime));
        using var text = new StreamReader(read.Entries[0].Open());
        Assert.Equal("one", text.ReadToEnd());
    }

    [Fact]
    public void More_entries_than_16_bits_count_are_read()
    {
        var zip = new MemoryStream();
        Write(zip, Enumerable.Range(0, 70_000).Select(n => (n.ToString(CultureInfo.InvariantCulture), Array.Empty<byte>())));
        using var read = new ZipArchive(zip, ZipArchiveMode.Read);
        Assert.Equal(70_000, read.Entries.Count);
        Assert.Equal("69999", read.Entries[^1].FullName);
    }

    [Fact]
    public void An_entry_behind_4_GB_is_read()
    {
        const long far = 5_000_000_000;
        var (entry, content) = (new ZipEntry("far.eml", Noon, 5, Crc32.Of("hello"u8)), "hello"u8.ToArray());
        var (local, line) = (ZipRecords.Local(entry), ZipRecords.Directory(entry, far));
        Assert.Equal(ZipRecords.DirectoryLength("far.eml", far), line.Length);
        var directory = far + local.Length + content.Length;
        using var zip = new HoleyStream(far, [.. local, .. content, .. line, .. ZipRecords.End(1, directory, line.Length)]);
        using var read = new ZipArchive(zip, ZipArchiveMode.Read);
        using var text = new StreamReader(read.GetEntry("far.eml")!.Open());
        Assert.Equal("hello", text.ReadToEnd());
    }

    [Theory]
    [InlineData(1970)]
    [InlineData(9999)]
    public void A_time_that_a_zip_cannot_say_is_its_nearest(int year)
    {
        var zip = new MemoryStream();
        Write(zip, [("a", [])], new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero));
        using var read = new ZipArchive(zip, ZipArchiveMode.Read);
        Assert.Equal(Math.Clamp(year, 1980, 2107), read.Entries[0].LastWriteTime.Year);
    }

    [Fact]
    public void A_file_of_4_GB_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => ZipRecords.Local(new ZipEntry("a", Noon, uint.MaxValue, 0)));

    private static void Write(MemoryStream zip, IEnumerable<(string Name, byte[] Content)> files, DateTimeOffset? at = null)
    {
        var (directory, count) = (new MemoryStream(), 0);
        foreach (var (name, content) in files)
        {
            var entry = new ZipEntry(name, at ?? Noon, content.Length, Crc32.Of(content));
            var local = ZipRecords.Local(entry);
            Assert.Equal(ZipRecords.LocalLength(name), local.Length);
            directory.Write(ZipRecords.Directory(entry, zip.Position));
            zip.Write(local);
            zip.Write(content);
            count++;
        }

        var start = zip.Position;
        directory.WriteTo(zip);
        zip.Write(ZipRecords.End(count, start, directory.Length));
        zip.Position = 0;
    }

    /// <summary>Zeros, and then something.</summary>
    private sealed class HoleyStream(long hole, byte[] rest) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => hole + rest.Length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            count = (int)Math.Min(count, Length - Position);
            for (var i = 0; i < count; i++, Position++) buffer[offset + i] = Position < hole ? (byte)0 : rest[Position - hole];
            return count;
        }

        public override long Seek(long offset, SeekOrigin origin) =>
            Position = origin == SeekOrigin.Begin ? offset : origin == SeekOrigin.Current ? Position + offset : Length + offset;

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
