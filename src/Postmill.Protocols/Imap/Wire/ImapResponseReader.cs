using System.Buffers.Text;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap.Wire;

/// <summary>What becomes of message bodies in the responses to one command, and how long a response may be.</summary>
/// <param name="ResponseBytes">Longest response, without detached bodies.</param>
/// <param name="InMemoryBytes">Longest body that becomes an array.</param>
/// <param name="LargeBody">Makes the stream for a longer one; null drops it.</param>
internal sealed record ReadPolicy(int ResponseBytes, int InMemoryBytes, Func<long, Stream>? LargeBody);

/// <summary>Cuts the server's bytes into responses: lines, and the literals that continue them (RFC 9051 §4.3). Knows nothing of their meaning
/// beyond what is needed to find their end.</summary>
internal sealed class ImapResponseReader(MailTransport transport, ImapLimits limits)
{
    private readonly MailInput _input = transport.Input;

    public async ValueTask ReadAsync(ImapResponse response, ReadPolicy policy, CancellationToken cancellationToken)
    {
        response.Clear();
        var bytes = response.Bytes;
        await _input.ReadLineAsync(bytes, policy.ResponseBytes).ConfigureAwait(false);
        response.Kind = Classify(bytes.Written);
        if (response.Kind != ResponseKind.Untagged || IsStatus(bytes.Written)) return;
        var lineStart = 0;
        while (EndsWithLiteral(bytes.Written[lineStart..], out var size, out var isBody))
        {
            bytes.Append("\r\n"u8);
            if (isBody && IsFetch(bytes.Written)) response.Detached.Add(await DetachAsync(bytes.Length, size, policy, cancellationToken).ConfigureAwait(false));
            else await InlineAsync(bytes, size, policy.ResponseBytes).ConfigureAwait(false);
            lineStart = bytes.Length;
            await _input.ReadLineAsync(bytes, policy.ResponseBytes).ConfigureAwait(false);
            if (bytes.Length > policy.ResponseBytes) throw TooLong(policy.ResponseBytes);
        }
    }

    private async ValueTask<DetachedLiteral> DetachAsync(int position, long size, ReadPolicy policy, CancellationToken cancellationToken)
    {
        if (size > limits.BodyBytes) throw transport.Fail(MailFault.LimitExceeded, $"The server announced a message of {size} bytes; {limits.BodyBytes} are allowed.");
        if (size <= policy.InMemoryBytes)
        {
            var body = GC.AllocateUninitializedArray<byte>((int)size);
            await _input.ReadExactlyAsync(body).ConfigureAwait(false);
            return new DetachedLiteral(position, size, body, null);
        }
        var sink = policy.LargeBody?.Invoke(size);
        await _input.CopyAsync(sink, size, cancellationToken).ConfigureAwait(false);
        return new DetachedLiteral(position, size, null, sink);
    }

    private async ValueTask InlineAsync(MailLineBuffer bytes, long size, int responseBytes)
    {
        if (size > limits.InlineLiteralBytes)
            throw transport.Fail(MailFault.LimitExceeded, $"The server announced a literal of {size} bytes; {limits.InlineLiteralBytes} are allowed.");
        if (bytes.Length + size > responseBytes) throw TooLong(responseBytes);
        await _input.ReadExactlyAsync(bytes.Reserve((int)size)).ConfigureAwait(false);
        bytes.Advance((int)size);
    }

    private MailServerException TooLong(int limit) => transport.Fail(MailFault.LimitExceeded, $"The server sent a response of more than {limit} bytes.");

    private static ResponseKind Classify(ReadOnlySpan<byte> line) => line switch
    {
        [(byte)'*', (byte)' ', ..] => ResponseKind.Untagged,
        [(byte)'+'] or [(byte)'+', (byte)' ', ..] => ResponseKind.Continuation,
        _ => ResponseKind.Tagged,
    };

    // The text of a status response is for people and may end in "{5}" without a literal following.
    private static bool IsStatus(ReadOnlySpan<byte> line) => UntaggedHeader.Parse(line).Kind is UntaggedKind.Ok or UntaggedKind.No or UntaggedKind.Bad
        or UntaggedKind.Bye or UntaggedKind.PreAuth;

    private static bool IsFetch(ReadOnlySpan<byte> response) => UntaggedHeader.Parse(response).Kind == UntaggedKind.Fetch;

    /// <summary>Whether a line ends in <c>{n}</c>, <c>{n+}</c> or <c>~{n}</c>, and whether what stands before it is a body item of FETCH.</summary>
    private static bool EndsWithLiteral(ReadOnlySpan<byte> line, out long size, out bool isBody)
    {
        (size, isBody) = (0, false);
        if (line is not [.., (byte)'}']) return false;
        var open = line.LastIndexOf((byte)'{');
        if (open < 0) return false;
        var digits = line[(open + 1)..^1];
        if (digits is [.., (byte)'+']) digits = digits[..^1];
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        // More digits than fit 63 bits is larger than any limit all the same.
        if (!Utf8Parser.TryParse(digits, out size, out _)) size = long.MaxValue;
        var before = line[..open];
        if (before is [.., (byte)'~']) before = before[..^1];
        before = before.TrimEnd((byte)' ');
        isBody = before is [.., (byte)']' or (byte)'>'] || EndsWithWord(before, "RFC822"u8) || EndsWithWord(before, "RFC822.TEXT"u8) || EndsWithWord(before, "RFC822.HEADER"u8);
        return true;
    }

    private static bool EndsWithWord(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
        => text.Length >= word.Length && System.Text.Ascii.EqualsIgnoreCase(text[^word.Length..], word);
}
