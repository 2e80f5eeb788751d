using System.Buffers;
using System.Text;
using Postmill.Mail.Archives;

namespace Postmill.Mail.Tests.Archives;

public sealed class MboxTests
{
    [Theory]
    [InlineData("", "\n")]
    [InlineData("a", "a\n\n")]
    [InlineData("a\r\n", "a\n\n")]
    [InlineData("a\n\r\nb\r", "a\n\nb\r\n\n")]
    [InlineData("From x\r\n>From y\r\n>>From z\r\n> From\r\nFrom\r\nfrom x\r\nFromage\r\n", ">From x\n>>From y\n>>>From z\n> From\nFrom\nfrom x\nFromage\n\n")]
    [InlineData("x From y\r\n\r\nFrom ", "x From y\n\n>From \n\n")]
    [InlineData("\r\rFrom \r\n", "\r\rFrom \n\n")]
    [InlineData("Fro\r\nF>From \r\nFFrom \r\n", "Fro\nF>From \nFFrom \n\n")]
    [InlineData(">>", ">>\n\n")]
    [InlineData("Fro", "Fro\n\n")]
    public void Lines_end_with_LF_and_From_is_quoted_however_the_mail_is_cut(string mail, string expected)
    {
        for (var cut = 1; cut <= Math.Max(1, mail.Length); cut++) Assert.Equal(expected, Quote(mail, cut));
    }

    [Fact]
    public void What_is_quoted_is_read_back_as_it_was()
    {
        var random = new Random(11);
        string[] pieces = [">", "From ", "From", "\r\n", "\n", "F", " ", "x", ">>From ", "ü"];
        for (var round = 0; round < 2_000; round++)
        {
            var mail = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => pieces[random.Next(pieces.Length)]));
            var lines = Quote(mail, random.Next(1, 9)).Split('\n');
            Assert.All(lines, line => Assert.False(line.StartsWith("From ", StringComparison.Ordinal), mail));
            var read = lines.Select(line => line.TrimStart('>').StartsWith("From ", StringComparison.Ordinal) ? line[1..] : line);
            var text = mail.ReplaceLineEndings("\n");
            Assert.Equal(text + (text.Length == 0 || text.EndsWith('\n') ? "\n" : "\n\n"), string.Join('\n', read));
        }
    }

    [Theory]
    [InlineData("ann@example.org", "From ann@example.org Wed May 27 12:00:05 2026")]
    [InlineData(null, "From MAILER-DAEMON Wed May 27 12:00:05 2026")]
    [InlineData("", "From MAILER-DAEMON Wed May 27 12:00:05 2026")]
    [InlineData("a b@example.org", "From MAILER-DAEMON Wed May 27 12:00:05 2026")]
    [InlineData("a\nFrom b", "From MAILER-DAEMON Wed May 27 12:00:05 2026")]
    [InlineData("zoë@example.org", "From MAILER-DAEMON Wed May 27 12:00:05 2026")]
    public void The_line_before_a_mail_names_sender_and_UTC(string? sender, string expected) =>
        Assert.Equal(expected, MboxSeparator.Of(sender, new DateTimeOffset(2026, 5, 27, 14, 0, 5, TimeSpan.FromHours(2))));

    [Fact]
    public void A_day_of_one_digit_is_padded_by_a_blank_as_asctime_does() =>
        Assert.Equal("From a@b Thu Jan  1 00:00:00 1970", MboxSeparator.Of("a@b", DateTimeOffset.UnixEpoch));

    private static string Quote(string mail, int cut)
    {
        var quoting = new MboxQuoting();
        var made = new ArrayBufferWriter<byte>();
        foreach (var chunk in Encoding.UTF8.GetBytes(mail).Chunk(cut)) quoting.Append(chunk, made);
        quoting.End(made);
        return Encoding.UTF8.GetString(made.WrittenSpan);
    }
}
