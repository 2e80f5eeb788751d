using System.Buffers;
using System.Globalization;
using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

// APPEND, RFC 9051 §6.3.12; LITERAL+ and LITERAL-, RFC 7888; APPENDUID, RFC 4315 §3.
public sealed partial class ImapConnection
{
    /// <summary>
    /// Puts a mail into a mailbox. Its content is read and sent piece by piece, never held whole; where the server needs not be waited for, the first piece goes out with the
    /// command. The waiting budget counts anew with every piece: a slow line is no silence.
    /// </summary>
    /// <param name="mailbox">Where to.</param>
    /// <param name="mail">Length, flags and date.</param>
    /// <param name="content">At least as many octets as <paramref name="mail"/> says; what comes behind them is not read.</param>
    /// <param name="cancellationToken">Closes the connection; whether the mail was stored is then unknown.</param>
    /// <returns>Where it is, or the refusal: code <c>TRYCREATE</c> when there is no such mailbox.</returns>
    /// <exception cref="EndOfStreamException">The content is shorter; the connection is closed and nothing was stored.</exception>
    public async Task<ImapAnswer<ImapAppended>> AppendAsync(ImapMailboxName mailbox, ImapAppend mail, Stream content, CancellationToken cancellationToken)
    {
        var command = Command("APPEND").Mailbox(mailbox);
        if (mail.Flags.Count > 0) command.Raw(FlagList(mail.Flags));
        if (mail.InternalDate is { } date) command.Raw($"\"{InternalDate.Format(date)}\"");
        command.Announce(mail.Length);
        var status = await ExclusiveAsync("APPEND", Timeouts.Command, async () =>
            await SendWithContentAsync(command, content, mail.Length, cancellationToken).ConfigureAwait(false)
            ?? await AnswerAsync(command.Tag, null, _shortAnswers, Limits.UntaggedResponses).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return status.IsOk ? new ImapAnswer<ImapAppended>(ReadAppendUid(status)) : new ImapAnswer<ImapAppended>(status.ToRefusal());
    }

    /// <summary>Gives the tagged answer when the server refuses before the content.</summary>
    private async Task<ImapStatusLine?> SendWithContentAsync(ImapCommandWriter command, Stream content, long length, CancellationToken cancellationToken)
    {
        var pieces = command.Finish();
        ReadOnlyMemory<byte> head = default;
        if (!command.ContentWaits)
        {
            head = pieces[^1];
            pieces.RemoveAt(pieces.Count - 1);
            if (pieces.Count == 0) _options.Trace?.Invoke(new ImapTrace(true, ServerText.Clean(head.Span)));
        }

        // What is left of the command; before a piece that stays the server is waited for, and behind the last one it is as well.
        if (await SendPiecesAsync(command, pieces, null).ConfigureAwait(false) is { } refused) return refused;
        if (pieces.Count > 0 && await AwaitContinuationAsync(command.Tag, null).ConfigureAwait(false) is { } no) return no;

        var buffer = ArrayPool<byte>.Shared.Rent(Limits.AppendPieceBytes + head.Length + 2);
        try
        {
            head.CopyTo(buffer);
            var filled = head.Length;
            for (var left = length; left > 0;)
            {
                var most = (int)Math.Min(left, Limits.AppendPieceBytes);
                await content.ReadExactlyAsync(buffer.AsMemory(filled, most), cancellationToken).ConfigureAwait(false);
                filled += most;
                left -= most;
                if (left > 0) filled = await WritePieceAsync(buffer.AsMemory(0, filled)).ConfigureAwait(false);
            }

            "\r\n"u8.CopyTo(buffer.AsSpan(filled));
            await WritePieceAsync(buffer.AsMemory(0, filled + 2)).ConfigureAwait(false);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<int> WritePieceAsync(ReadOnlyMemory<byte> piece)
    {
        _step.Restart(Timeouts.Command);
        await _transport.WriteAsync(piece).ConfigureAwait(false);
        return 0;
    }

    /// <summary><c>APPENDUID 38505 3955</c>.</summary>
    private static ImapAppended ReadAppendUid(ImapStatusLine status) =>
        status.Code == "APPENDUID" && status.CodeArguments.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var validity, var uid]
        && uint.TryParse(validity, NumberStyles.None, CultureInfo.InvariantCulture, out var known) && uint.TryParse(uid, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && known > 0 && at > 0
            ? new ImapAppended(known, at)
            : new ImapAppended(null, null);
}
