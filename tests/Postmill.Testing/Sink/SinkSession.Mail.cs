using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Postmill.Testing.Sink;

/// <summary>DATA and BDAT, and what becomes of the mail.</summary>
internal sealed partial class SinkSession
{
    private readonly ArrayBufferWriter<byte> _mail = new();
    private bool _chunked, _bodyStruck, _isTooLarge;
    private long _received;

    private async Task DataAsync(CancellationToken ct)
    {
        sink.Count(SinkPhase.Data);
        var refusal = _from is null ? "503 5.5.1 MAIL first" : _recipients.Count == 0 ? "554 5.5.1 nobody would get it" : _chunked ? "503 5.5.1 chunks have begun" : null;
        if (!await AnswerAsync(SinkPhase.Data, refusal ?? "354 until the dot", ct)) return;
        var dots = new DotReader();
        while (!dots.IsOver)
        {
            if (_wire.Pending.IsEmpty && !await _wire.FillAsync(ct))
            {
                _isOver = true;
                return;
            }

            var before = _mail.WrittenCount;
            _wire.Consume(dots.Feed(_wire.Pending.Span, _mail));
            if (await StrikesInBodyAsync(_mail.WrittenCount - before, ct)) return;
        }

        await EndMailAsync(ct);
    }

    private async Task ChunkAsync(string argument, CancellationToken ct)
    {
        var chunk = Chunk().Match(argument);
        if (!chunk.Success || !int.TryParse(chunk.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var left))
        {
            SayOwn("501 5.5.4 BDAT octets [LAST]");
            _isOver = true; // nobody knows where the next command begins
            return;
        }

        while (left > 0)
        {
            if (_wire.Pending.IsEmpty && !await _wire.FillAsync(ct))
            {
                _isOver = true;
                return;
            }

            var piece = _wire.Pending.Span[..Math.Min(left, _wire.Pending.Length)];
            _mail.Write(piece);
            left -= piece.Length;
            _wire.Consume(piece.Length);
            if (await StrikesInBodyAsync(piece.Length, ct)) return;
        }

        if (_from is null || _recipients.Count == 0)
        {
            SayOwn(_from is null ? "503 5.5.1 MAIL first" : "554 5.5.1 nobody would get it");
            Forget();
            return;
        }

        _chunked = true;
        if (chunk.Groups["last"].Success) await EndMailAsync(ct);
        else SayOwn("250 2.0.0 more");
    }

    /// <summary>True when a fault in the middle of the mail ended the connection.</summary>
    private async Task<bool> StrikesInBodyAsync(int bytes, CancellationToken ct)
    {
        _received += bytes;
        if (_received > Options.MaxBytes)
        {
            // Read to its end, and no longer kept.
            _isTooLarge = true;
            _mail.Clear();
        }

        if (_bodyStruck || sink.Rules.At(new SinkMoment(SinkPhase.Body, _from, _recipients, _received, null)) is not { } fault) return false;
        _bodyStruck = true;
        await WaitAsync(fault, ct);
        if (fault.Reply is { Length: > 0 } reply) Say(reply);
        await EndAsync(fault.End, ct);
        return _isOver;
    }

    private async Task EndMailAsync(CancellationToken ct)
    {
        sink.Count(SinkPhase.Dot);
        var content = _mail.WrittenSpan.ToArray();
        var recipients = _recipients.ToArray();
        if (!_isEightBit && !_isUtf8 && !Ascii.IsValid(content)) sink.Violated(number, "8-bit content without BODY=8BITMIME");
        var isAccepted = false;
        if (_isTooLarge) SayOwn("552 5.3.4 too large for here");
        else isAccepted = await IsLetInAsync(content, ct);
        if (isAccepted)
        {
            var mail = new AcceptedMail(sink.Time.GetUtcNow(), number, _user, _from!, _fromParameters, recipients, [.. _recipientParameters], MessageIdOf(content),
                Convert.ToHexStringLower(SHA256.HashData(content)), content.Length)
            {
                Content = content,
            };
            await sink.AcceptAsync(mail);
            _mails++;
            await AnswerAsync(new SinkMoment(SinkPhase.Accepted, _from, recipients, content.Length, content), "250 2.0.0 journaled", ct);
        }

        Forget();
    }

    /// <summary>Before the mail is journaled. A wait alone lets it in; the answer then comes after the journal.</summary>
    private async Task<bool> IsLetInAsync(byte[] content, CancellationToken ct)
    {
        if (sink.Rules.At(new SinkMoment(SinkPhase.Dot, _from, [.. _recipients], content.Length, content)) is not { } fault) return true;
        await WaitAsync(fault, ct);
        if (fault.Reply is null && fault.End == SinkEnd.None) return true;
        await SayAsync(fault, fault.Reply ?? "", ct);
        await EndAsync(fault.End, ct);
        return false;
    }

    private static string? MessageIdOf(byte[] content)
    {
        var end = content.AsSpan().IndexOf("\r\n\r\n"u8);
        var header = Encoding.UTF8.GetString(content, 0, end < 0 ? content.Length : end + 2);
        return MessageId().Match(header) is { Success: true } id ? id.Groups[1].Value : null;
    }

    [GeneratedRegex(@"^(\d{1,9})(?<last> LAST)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Chunk();

    [GeneratedRegex(@"^Message-ID:\s*(<[^>\r\n]*>)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex MessageId();
}
