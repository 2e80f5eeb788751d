using Postmill.Adapters.Postgres.Messages.Reading;

namespace Postmill.Adapters.Tests.Messages.Reading;

public sealed class BodyRangesTests
{
    private const long Mega = 1024 * 1024;

    [Fact]
    public void A_mail_without_large_parts_is_read_whole() =>
        Assert.Equal([(0, 10_000)], BodyRanges.Of(Mail(10_000, ("text/plain", 100, 4_000), ("image/png", 4_200, 5_000))));

    [Fact]
    public void A_mail_that_has_no_index_is_read_whole() => Assert.Equal([(0, 500)], BodyRanges.Of(Mail(500)));

    [Fact]
    public void The_inside_of_a_large_attachment_is_left_out_and_what_follows_is_not() =>
        Assert.Equal([(0, 1_000), (5 * Mega, Mega)], BodyRanges.Of(Mail(6 * Mega, ("text/plain", 100, 400), ("application/zip", 1_000, (5 * Mega) - 1_000), ("text/html", 5 * Mega, 900))));

    [Fact]
    public void The_parts_of_an_enclosed_mail_that_is_left_out_are_not_cut_twice() =>
        Assert.Equal([(0, 1_000), (3 * Mega, 10)], BodyRanges.Of(Mail((3 * Mega) + 10, ("message/rfc822", 1_000, (3 * Mega) - 1_000), ("application/zip", 2_000, 2 * Mega))));

    [Fact]
    public void An_empty_attachment_and_one_at_the_very_end_leave_no_empty_range() =>
        Assert.Equal([(0, 700)], BodyRanges.Of(Mail(700 + Mega, ("image/png", 300, 0), ("application/zip", 700, Mega))));

    [Fact]
    public void However_large_a_mail_is_what_is_read_of_it_has_a_bound()
    {
        var texts = Enumerable.Range(0, 20).Select(n => ("text/plain", n * 20 * Mega, 20 * Mega)).ToArray();
        var ranges = BodyRanges.Of(Mail(400 * Mega, texts));
        Assert.Equal(ReadingLimits.BodyBytes, ranges.Sum(range => range.Length));
        Assert.Equal((0, ReadingLimits.TextBytes), ranges[0]);
    }

    private static StoredMail Mail(long length, params (string Type, long Offset, long Length)[] parts) => new(
        new StoredRaw(Guid.Empty, null, ReadOnlyMemory<byte>.Empty, length),
        [.. parts.Select((part, n) => new StoredPart(Guid.Empty, n, $"{n}", part.Type, null, "7bit", null, null, null, part.Offset, part.Length, part.Length, ReadOnlyMemory<byte>.Empty))]);
}
