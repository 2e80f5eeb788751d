using System.Text;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>A mail whose connection breaks at each of its writes in turn. Whether it may have been accepted is decided by one of them alone: the one with the end of the content.</summary>
public sealed class SmtpCutTests
{
    private const int Never = int.MaxValue;

    // EHLO.
    private const int OpeningWrites = 1;

    public static TheoryData<int, bool> Mails
    {
        get
        {
            var mails = new TheoryData<int, bool>();
            foreach (var size in new[] { 0, 23, 3 * SmtpLimits.BlockBytes + 1000 })
                foreach (var streamed in new[] { false, true }) mails.Add(size, streamed);
            return mails;
        }
    }

    [Theory]
    [MemberData(nameof(Mails))]
    public async Task Outcome_is_unknown_from_the_write_with_the_end_of_the_content_on(int size, bool streamed)
    {
        var (whole, writes, _) = await SendAsync(size, streamed, Never, false);
        Assert.Equal(SmtpDeliveryKind.Accepted, whole.Kind);
        for (var at = 0; at < writes.Count; at++)
        {
            foreach (var afterIt in new[] { false, true })
            {
                var (lost, _, begun) = await SendAsync(size, streamed, at, afterIt);
                var where = $"write {at} of {writes.Count}, {(afterIt ? "after" : "before")} it";
                Assert.True((lost.Kind, lost.Fault) == (SmtpDeliveryKind.Lost, MailFault.Disconnected), $"{where}: {lost.Kind} {lost.Text}");
                // A break that is noticed only after the next write was begun counts for that one.
                Assert.True(begun >= at + 1 && begun <= writes.Count, where);
                Assert.True(lost.OutcomeUnknown == (begun == writes.Count), where);
            }
        }
    }

    [Fact]
    public async Task Content_of_any_length_around_a_block_is_whole_and_its_end_is_in_the_last_write()
    {
        for (var size = SmtpLimits.BlockBytes - 60; size < SmtpLimits.BlockBytes + 20; size++)
        {
            var (sent, writes, _) = await SendAsync(size, streamed: false, Never, false);
            Assert.Equal(SmtpDeliveryKind.Accepted, sent.Kind);
            Assert.Equal(ContentWire.Normal(Content(size)), ContentWire.Decode([.. writes.Skip(2).SelectMany(bytes => bytes)]));
        }
    }

    /// <returns>What became of the mail, and its writes; those of the opening are not counted.</returns>
    private static async Task<(SmtpDelivery Delivery, List<byte[]> Writes, int Begun)> SendAsync(int size, bool streamed, int breaksAt, bool afterIt)
    {
        var content = Content(size);
        long left = ContentWire.Encode(content, () => 1 << 20).Length;
        string? Answer(byte[] write)
        {
            if (write.AsSpan().StartsWith("EHLO"u8)) return "250-mail.test\r\n250 PIPELINING\r\n";
            if (write.AsSpan().StartsWith("MAIL"u8)) return SendScript.Ok + SendScript.Ok;
            if (write.AsSpan().SequenceEqual("DATA\r\n"u8)) return SendScript.Go;
            left -= write.Length;
            return left == 0 ? SendScript.Ok : null;
        }

        await using var stream = new CutStream(Answer, breaksAt < Never ? breaksAt + OpeningWrites : Never, afterIt);
        await using var connection = await stream.OpenAsync();
        var payload = streamed ? SmtpPayload.Of(content.Length, _ => ValueTask.FromResult<Stream>(new MemoryStream(content))) : SmtpPayload.Of(content);
        var delivery = await connection.SendAsync(payload: payload);
        return (delivery, stream.Writes[OpeningWrites..], stream.Begun - OpeningWrites);
    }

    // Lines with a dot in front, and no line end at the end.
    private static byte[] Content(int size) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(".234567890123456789012345678\r\n", size / 30 + 1))[..size]);
}
