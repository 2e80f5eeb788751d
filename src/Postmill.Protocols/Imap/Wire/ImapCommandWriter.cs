using System.Globalization;
using System.Text;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap.Wire;

/// <summary>
/// Writes one command. Where a literal has to wait for the server's <c>+</c> (RFC 9051 §4.3) the command is cut; with LITERAL+ or
/// LITERAL- (RFC 7888) it is one piece.
/// </summary>
internal sealed class ImapCommandWriter(string tag, string name, ImapCapabilities capabilities)
{
    // RFC 7888 §5: LITERAL- allows up to 4,096 bytes without waiting.
    private const int LiteralMinusBytes = 4096;

    // RFC 2683 §3.2.1.5 style lines: longer quoted strings go as literals.
    private const int QuotedBytes = 1000;

    private readonly MailLineBuffer _bytes = new();
    private readonly List<int> _cuts = [];
    private bool _started;
    private bool _announced;

    public string Tag { get; } = tag;

    public string Name { get; } = name;

    /// <summary>Whether the command holds a credential and is never traced.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether the announced content has to wait for the server's <c>+</c>.</summary>
    public bool ContentWaits { get; private set; }

    /// <summary>A blank, then text as it is: keywords, sets, numbers. Must not hold anything from outside.</summary>
    public ImapCommandWriter Raw(string text)
    {
        Begin();
        Put(" ");
        Put(text);
        return this;
    }

    public ImapCommandWriter Number(long number) => Raw(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A blank, then a string of any bytes: quoted when that is allowed, else a literal.</summary>
    public ImapCommandWriter String(ReadOnlySpan<byte> value)
    {
        Begin();
        Put(" ");
        PutString(value);
        return this;
    }

    /// <summary>A closing parenthesis, without a blank before it.</summary>
    public ImapCommandWriter Close()
    {
        Put(")");
        return this;
    }

    public ImapCommandWriter Mailbox(ImapMailboxName name) => String(Encoding.Latin1.GetBytes(name.Wire));

    public ImapCommandWriter Text(string value) => String(Encoding.UTF8.GetBytes(value));

    /// <summary>A literal as the last argument whose bytes, and the end of the line behind them, the sender sends himself.</summary>
    public ImapCommandWriter Announce(long bytes)
    {
        Begin();
        ContentWaits = Waits(bytes);
        _announced = true;
        Put(string.Create(CultureInfo.InvariantCulture, $" {{{bytes}{(ContentWaits ? "" : "+")}}}\r\n"));
        return this;
    }

    /// <summary>The pieces to send; before each but the first the server's <c>+</c> is awaited. The last one ends where announced content begins.</summary>
    public List<ReadOnlyMemory<byte>> Finish()
    {
        Begin();
        if (!_announced) Put("\r\n");
        var all = _bytes.WrittenMemory;
        var pieces = new List<ReadOnlyMemory<byte>>(_cuts.Count + 1);
        var from = 0;
        foreach (var cut in _cuts)
        {
            pieces.Add(all[from..cut]);
            from = cut;
        }
        pieces.Add(all[from..]);
        return pieces;
    }

    private void Begin()
    {
        if (_started) return;
        _started = true;
        Put($"{Tag} {Name}");
    }

    private void PutString(ReadOnlySpan<byte> value)
    {
        if (value.Contains((byte)0)) throw new ArgumentException("An IMAP string cannot hold U+0000.", nameof(value));
        if (value.Length <= QuotedBytes && !value.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            Put("\"");
            foreach (var b in value)
            {
                if (b is (byte)'"' or (byte)'\\') _bytes.Append("\\"u8);
                _bytes.Append([b]);
            }
            Put("\"");
            return;
        }
        var waits = Waits(value.Length);
        Put(string.Create(CultureInfo.InvariantCulture, $"{{{value.Length}{(waits ? "" : "+")}}}\r\n"));
        if (waits) _cuts.Add(_bytes.Length);
        _bytes.Append(value);
    }

    private bool Waits(long bytes) => !capabilities.LiteralPlus && !(capabilities.LiteralMinus && bytes <= LiteralMinusBytes);

    private void Put(string ascii) => _bytes.Append(Encoding.Latin1.GetBytes(ascii));
}
