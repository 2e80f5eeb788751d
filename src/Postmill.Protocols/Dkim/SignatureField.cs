using System.Globalization;
using System.Text;

namespace Postmill.Protocols.Dkim;

/// <summary>The text of a DKIM-Signature field (RFC 6376 section 3.5), folded at 78 columns; b= stands last.</summary>
internal sealed class SignatureField
{
    private const int Columns = 76;
    private readonly StringBuilder _value = new();
    private int _column = Name.Length + 1;

    public SignatureField(string domain, string selector, IReadOnlyList<string> names, byte[] bodyHash, DateTimeOffset at)
    {
        foreach (var tag in new[] { "v=1;", "a=rsa-sha256;", "c=relaxed/relaxed;", $"d={domain};", $"s={selector};" })
            Put(" ", tag);
        Put(" ", string.Create(CultureInfo.InvariantCulture, $"t={at.ToUnixTimeSeconds()};"));
        for (var i = 0; i < names.Count; i++)
            Put(i == 0 ? " " : "", (i == 0 ? "h=" : "") + names[i] + (i == names.Count - 1 ? ";" : ":"));
        Put(" ", $"bh={Convert.ToBase64String(bodyHash)};");
        Put(" ", "b=");
        ValueWithoutSignature = Encoding.ASCII.GetBytes(_value.ToString());
    }

    public static ReadOnlySpan<byte> Name => "DKIM-Signature"u8;

    /// <summary>The value with an empty b=, as it is hashed (section 3.7).</summary>
    public byte[] ValueWithoutSignature { get; }

    /// <summary>The whole field, CRLF at its end.</summary>
    public byte[] With(byte[] signature)
    {
        var text = Convert.ToBase64String(signature);
        for (var at = 0; at < text.Length;)
        {
            if (_column >= Columns)
                Fold();
            var piece = text.AsSpan(at, Math.Min(text.Length - at, Columns - _column));
            _value.Append(piece);
            _column += piece.Length;
            at += piece.Length;
        }
        return [.. Name, (byte)':', .. Encoding.ASCII.GetBytes(_value.ToString()), .. "\r\n"u8];
    }

    private void Put(string blank, string token)
    {
        if (_column + blank.Length + token.Length > Columns)
            Fold();
        else
            _value.Append(blank);
        _value.Append(token);
        _column += blank.Length + token.Length;
    }

    private void Fold()
    {
        _value.Append("\r\n\t");
        // A tab may be shown as eight columns; it counts as one in a line's length.
        _column = 1;
    }
}
