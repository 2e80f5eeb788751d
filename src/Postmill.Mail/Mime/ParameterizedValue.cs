using System.Text;

namespace Postmill.Mail.Mime;

/// <summary>A value with parameters (RFC 2045 section 5.1, RFC 2183 section 2), RFC 2231 segments joined. Read once, linear, tolerant.</summary>
internal sealed class ParameterizedValue
{
    private const int MaxName = 100;
    private const int MaxValue = 128;

    private readonly List<RawParameter> _raw;
    private readonly MimeLimits _limits;
    private IReadOnlyDictionary<string, string>? _parameters;

    private ParameterizedValue(string value, List<RawParameter> raw, MimeLimits limits)
    {
        Value = value;
        _raw = raw;
        _limits = limits;
    }

    /// <summary>What stands before the parameters, lower case, ASCII; empty when nothing does.</summary>
    public string Value { get; }

    /// <summary>Decoded parameters; of a doubled one the first counts.</summary>
    public IReadOnlyDictionary<string, string> Parameters => _parameters ??= ParameterSegments.Join(_raw, _limits);

    /// <summary>The octets of a parameter written in one piece, or joined from plain RFC 2231 segments.</summary>
    public byte[]? Octets(string name) => _raw.Find(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value
        ?? (Parameters.TryGetValue(name, out var joined) ? Encoding.UTF8.GetBytes(joined) : null);

    public static ParameterizedValue Read(ReadOnlySpan<byte> field, MimeLimits limits)
    {
        field = field[..Math.Min(field.Length, limits.MaxHeaderValueBytes)];
        var at = 0;
        var value = ReadValue(field, ref at);
        var parameters = new List<RawParameter>();
        while (parameters.Count < limits.MaxParameters && TryParameter(field, ref at, limits, out var parameter))
            parameters.Add(parameter);
        return new ParameterizedValue(value, parameters, limits);
    }

    // "text/plain", also 'text / plain' and '"text/plain"'.
    private static string ReadValue(ReadOnlySpan<byte> field, ref int at)
    {
        var value = new StringBuilder();
        while (true)
        {
            SkipBlanks(field, ref at);
            var start = at;
            while (at < field.Length && !IsBlank(field[at]) && field[at] is not ((byte)';' or (byte)'('))
                at++;
            foreach (var c in field[start..at])
            {
                if (value.Length < MaxValue && c is > 32 and < 127 and not (byte)'"')
                    value.Append(char.ToLowerInvariant((char)c));
            }
            SkipBlanks(field, ref at);
            var goesOn = at < field.Length && (field[at] == '/' || (value.Length > 0 && value[^1] == '/' && field[at] != ';'));
            if (!goesOn || at == start)
                return value.ToString();
        }
    }

    private static bool TryParameter(ReadOnlySpan<byte> field, ref int at, MimeLimits limits, out RawParameter parameter)
    {
        while (true)
        {
            SkipSeparators(field, ref at);
            parameter = null!;
            if (at >= field.Length)
                return false;
            var start = at;
            while (at < field.Length && !IsBlank(field[at]) && field[at] is not ((byte)'=' or (byte)';'))
                at++;
            var name = field[start..at];
            SkipBlanks(field, ref at);
            if (at >= field.Length || field[at] != '=')
                continue;
            at++;
            SkipBlanks(field, ref at);
            using var value = new ByteBuffer();
            if (at < field.Length && field[at] == '"')
                ReadQuoted(field, ref at, value);
            else
                ReadToken(field, ref at, value);
            if (name.IsEmpty || name.Length > MaxName)
                continue;
            var octets = value.Written[..Math.Min(value.Length, limits.MaxParameterBytes)];
            parameter = new RawParameter(StorableText.Of(Encoding.Latin1.GetString(name).ToLowerInvariant()), octets.ToArray());
            return true;
        }
    }

    // Only \" and \\ are escapes here: file names of Windows stand unescaped between quotes.
    private static void ReadQuoted(ReadOnlySpan<byte> field, ref int at, ByteBuffer value)
    {
        var start = ++at;
        while (at < field.Length && field[at] != '"')
        {
            if (field[at] == '\\' && at + 1 < field.Length && field[at + 1] is (byte)'"' or (byte)'\\')
                at++;
            Append(field[at++], value);
        }
        if (at < field.Length)
        {
            at++;
            return;
        }
        // The closing quote is missing: believe the next semicolon instead.
        var semicolon = field[start..].IndexOf((byte)';');
        if (semicolon < 0)
            return;
        value.Clear();
        foreach (var octet in field.Slice(start, semicolon))
            Append(octet, value);
        at = start + semicolon;
    }

    // Up to the semicolon; blanks inside are a sender's mistake that is read, unless a further name= follows them.
    private static void ReadToken(ReadOnlySpan<byte> field, ref int at, ByteBuffer value)
    {
        while (true)
        {
            while (at < field.Length && !IsBlank(field[at]) && field[at] != ';')
                Append(field[at++], value);
            var next = at;
            SkipBlanks(field, ref next);
            if (next >= field.Length || field[next] == ';' || StartsParameter(field[next..]))
            {
                at = next;
                return;
            }
            Append((byte)' ', value);
            at = next;
        }
    }

    private static bool StartsParameter(ReadOnlySpan<byte> rest)
    {
        var window = rest[..Math.Min(rest.Length, MaxName)];
        var length = 0;
        while (length < window.Length && (char.IsAsciiLetterOrDigit((char)window[length]) || window[length] is (byte)'-' or (byte)'_' or (byte)'*'))
            length++;
        return length > 0 && length < window.Length && window[length] == '=';
    }

    private static void Append(byte octet, ByteBuffer value)
    {
        if (octet is not ((byte)'\r' or (byte)'\n'))
            value.Append(octet == '\t' ? (byte)' ' : octet);
    }

    private static bool IsBlank(byte octet) => octet is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private static void SkipSeparators(ReadOnlySpan<byte> field, ref int at)
    {
        var before = -1;
        while (before != at)
        {
            before = at;
            SkipBlanks(field, ref at);
            if (at < field.Length && field[at] is (byte)';' or (byte)',')
                at++;
        }
    }

    // Blanks and comments; a comment that is not closed ends the value.
    private static void SkipBlanks(ReadOnlySpan<byte> field, ref int at)
    {
        var depth = 0;
        for (; at < field.Length; at++)
        {
            if (field[at] == '(')
                depth++;
            else if (field[at] == ')' && depth > 0)
                depth--;
            else if (field[at] == '\\' && depth > 0)
                at++;
            else if (depth == 0 && !IsBlank(field[at]))
                return;
        }
        at = field.Length;
    }
}
