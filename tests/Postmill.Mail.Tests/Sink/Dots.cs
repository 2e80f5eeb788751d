using System.Buffers;
using System.Text;
using Postmill.Testing.Sink;

namespace Postmill.Mail.Tests.Sink;

/// <summary>The dot reader, fed in pieces.</summary>
internal static class Dots
{
    public static string Read(IEnumerable<ArraySegment<byte>> pieces, out string left)
    {
        var dots = new DotReader();
        var mail = new ArrayBufferWriter<byte>();
        var after = new StringBuilder();
        foreach (var piece in pieces)
        {
            var used = dots.Feed(piece, mail);
            after.Append(Encoding.UTF8.GetString(piece[used..]));
        }

        Assert.True(dots.IsOver);
        left = after.ToString();
        return Encoding.UTF8.GetString(mail.WrittenSpan);
    }
}
