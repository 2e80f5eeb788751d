using System.Text;

namespace Postmill.Mail.Mime;

/// <summary>
/// A header block (RFC 5322 section 2.2), an index over the message's octets; values are decoded when asked for. Names compare without case.
/// Bounded by <see cref="MimeLimits"/>; values never hold a line end, U+0000 or a lone surrogate.
/// </summary>
public sealed class MimeHeaders
{
    private readonly ReadOnlyMemory<byte> _raw;
    private readonly FieldRange[] _fields;
    private readonly MimeLimits _limits;
    private IReadOnlyList<MimeHeaderField>? _decoded;
    private string? _fallbackCharset;

    internal MimeHeaders(ReadOnlyMemory<byte> raw, FieldRange[] fields, MimeLimits limits)
    {
        _raw = raw;
        _fields = fields;
        _limits = limits;
    }

    /// <summary>Number of fields.</summary>
    public int Count => _fields.Length;

    /// <summary>All fields in order, decoded.</summary>
    public IReadOnlyList<MimeHeaderField> Fields => _decoded ??= Array.ConvertAll(_fields, f => new MimeHeaderField(Name(f), Decode(f)));

    /// <summary>Reads a block that stands alone, such as an IMAP BODY[HEADER] or a message/delivery-status group; stops at the blank line.</summary>
    public static MimeHeaders Parse(ReadOnlyMemory<byte> block, MimeLimits? limits = null)
    {
        limits ??= MimeLimits.Default;
        var fields = new HeaderBlockReader(block, LineEnds.Of(block.Span), limits, null).Read(0, null, out _, out _);
        return new MimeHeaders(block, fields, limits);
    }

    /// <summary>Reads blocks parted by blank lines, as message/delivery-status (RFC 3464) and feedback reports hold; at most MaxParts of them.</summary>
    public static IReadOnlyList<MimeHeaders> ParseGroups(ReadOnlyMemory<byte> blocks, MimeLimits? limits = null)
    {
        limits ??= MimeLimits.Default;
        var lines = LineEnds.Of(blocks.Span);
        var reader = new HeaderBlockReader(blocks, lines, limits, null);
        var groups = new List<MimeHeaders>();
        var at = 0;
        while (at < blocks.Length && groups.Count < limits.MaxParts)
        {
            var fields = reader.Read(at, null, out var next, out _);
            if (fields.Length > 0)
                groups.Add(new MimeHeaders(blocks, fields, limits));
            // Where the reader stands still it stands on a line that is no field: pass over it.
            if (next == at)
                lines.End(blocks.Span, at, out next);
            at = next;
        }
        return groups;
    }

    /// <summary>The decoded value of the first field of that name; null when there is none.</summary>
    public string? First(string name) => Find(name) is { } field ? Decode(field) : null;

    /// <summary>The decoded values of all fields of that name, in order.</summary>
    public IReadOnlyList<string> All(string name)
    {
        List<string>? found = null;
        foreach (var field in _fields)
        {
            if (Is(field, name))
                (found ??= []).Add(Decode(field));
        }
        return found ?? (IReadOnlyList<string>)[];
    }

    /// <summary>Whether a field of that name is there.</summary>
    public bool Contains(string name) => Find(name) is not null;

    /// <summary>The octets of the first field's value as they stand, folds included; empty when there is none.</summary>
    public ReadOnlyMemory<byte> FirstRaw(string name) => Find(name) is { } field ? Value(field) : default;

    /// <summary>The octets of every field's value of that name.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> AllRaw(string name)
    {
        List<ReadOnlyMemory<byte>>? found = null;
        foreach (var field in _fields)
        {
            if (Is(field, name))
                (found ??= []).Add(Value(field));
        }
        return found ?? (IReadOnlyList<ReadOnlyMemory<byte>>)[];
    }

    /// <summary>Names (of their first spelling) to decoded values, repeated names together.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ToDictionary()
    {
        var byName = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in Fields)
        {
            if (byName.TryGetValue(field.Name, out var values))
                ((List<string>)values).Add(field.Value);
            else
                byName.Add(field.Name, new List<string> { field.Value });
        }
        return byName;
    }

    // What 8-bit text in the fields is in when it is not UTF-8: senders who leave it unlabelled use the charset of their body.
    internal string? FallbackCharset =>
        _fallbackCharset ??= ParameterizedValue.Read(FirstRaw("Content-Type").Span, _limits).Parameters.GetValueOrDefault("charset", "");

    private FieldRange? Find(string name)
    {
        foreach (var field in _fields)
        {
            if (Is(field, name))
                return field;
        }
        return null;
    }

    private bool Is(FieldRange field, string name) =>
        field.NameLength == name.Length && Ascii.EqualsIgnoreCase(_raw.Span.Slice(field.NameStart, field.NameLength), name);

    private ReadOnlyMemory<byte> Value(FieldRange field) => _raw.Slice(field.ValueStart, field.ValueLength);

    private string Name(FieldRange field) =>
        Encoding.Latin1.GetString(_raw.Span.Slice(field.NameStart, Math.Min(field.NameLength, _limits.MaxIdentifierChars)));

    private string Decode(FieldRange field)
    {
        var value = Value(field).Span;
        return HeaderText.Decode(value, _limits, System.Text.Unicode.Utf8.IsValid(value) ? null : FallbackCharset);
    }
}
