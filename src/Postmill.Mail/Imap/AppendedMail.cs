using System.Buffers;
using MailKit;
using MimeKit;
using Postmill.Mail.Net;

namespace Postmill.Mail.Imap;

/// <summary>
/// A mail for MailKit's APPEND, which takes messages that it would write anew. This one has neither header nor parts but a body that goes out octet for octet, past MailKit's buffer and in
/// larger pieces; MailKit announces it, waits where the server has to be waited for, and reads the answer.
/// </summary>
internal sealed class AppendedMail : MimePart
{
    private readonly ImapGuardedStream _guard;
    private readonly long _length;
    private readonly Stream _content;

    private AppendedMail(ImapGuardedStream guard, long length, Stream content)
    {
        _guard = guard;
        _length = length;
        _content = content;
        Headers.Clear();
    }

    /// <param name="guard">The connection that MailKit writes to.</param>
    /// <param name="mail">Length, flags and date.</param>
    /// <param name="content">At least as many octets; what comes behind them is not read.</param>
    public static AppendRequest Request(ImapGuardedStream guard, ImapAppend mail, Stream content)
    {
        var message = new MimeKit.MimeMessage(Enumerable.Empty<Header>()) { Body = new AppendedMail(guard, mail.Length, content) };
        return new AppendRequest(message, FlagNames.Of(mail.Flags).Flags) { InternalDate = mail.InternalDate };
    }

    /// <summary>MailKit measures; the empty line between header and body is measured already, and not sent.</summary>
    public override void WriteTo(FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default) => stream.SetLength(_length);

    /// <inheritdoc/>
    /// <exception cref="EndOfStreamException">The content is shorter.</exception>
    public override async Task WriteToAsync(FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default)
    {
        _guard.SkipLineEnd();
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(ImapLimits.AppendPieceBytes);
        try
        {
            for (var left = _length; left > 0;)
            {
                var piece = buffer.AsMemory(0, (int)Math.Min(left, ImapLimits.AppendPieceBytes));
                await _content.ReadExactlyAsync(piece, cancellationToken).ConfigureAwait(false);
                await _guard.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
                left -= piece.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
