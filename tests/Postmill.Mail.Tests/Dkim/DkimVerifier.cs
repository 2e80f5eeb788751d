using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Postmill.Mail.Tests.Dkim;

/// <summary>A receiver's side of RFC 6376 for relaxed/relaxed rsa-sha256, on strings and expressions, sharing nothing with the signer.</summary>
internal static partial class DkimVerifier
{
    /// <summary>Whether the first signature of a mail holds under a public key (SubjectPublicKeyInfo in base64); the reason when not.</summary>
    public static string Verify(byte[] mail, string publicKey)
    {
        var text = Encoding.Latin1.GetString(mail);
        var blank = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var fields = FieldStart().Split(text[..(blank + 2)]).Where(f => f.Length > 0).ToList();
        var signature = fields.First(f => f.StartsWith("DKIM-Signature:", StringComparison.OrdinalIgnoreCase));
        var tags = Tags(signature);
        if (tags["v"] != "1" || tags["a"] != "rsa-sha256" || tags["c"] != "relaxed/relaxed" || tags.ContainsKey("l"))
            return "not what it should be signed with";
        if (Convert.ToBase64String(SHA256.HashData(Encoding.Latin1.GetBytes(Body(text[(blank + 4)..])))) != tags["bh"])
            return "body";
        var left = fields.Where(f => f != signature).ToList();
        var signed = new StringBuilder();
        foreach (var name in tags["h"].Split(':'))
        {
            var at = left.FindLastIndex(f => f.Split(':')[0].TrimEnd().Equals(name, StringComparison.OrdinalIgnoreCase));
            if (at < 0)
                continue;
            signed.Append(Header(left[at])).Append("\r\n");
            left.RemoveAt(at);
        }
        signed.Append(Header(SignatureValue().Replace(signature, "$1")));
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
        var octets = Encoding.Latin1.GetBytes(signed.ToString());
        return rsa.VerifyData(octets, Convert.FromBase64String(tags["b"]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ? "pass" : "headers";
    }

    public static Dictionary<string, string> Tags(string field) => field[(field.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(';')
        .Select(tag => tag.Split('=', 2)).Where(tag => tag.Length == 2)
        .ToDictionary(tag => tag[0].Trim(), tag => White().Replace(tag[1], ""));

    private static string Header(string field)
    {
        var parts = field.Split(':', 2);
        return parts[0].TrimEnd().ToLowerInvariant() + ":" + White().Replace(parts[1].Replace("\r\n", "", StringComparison.Ordinal), " ").Trim(' ');
    }

    private static string Body(string body)
    {
        var lines = body.Split("\r\n").Select(line => Blanks().Replace(line, " ").TrimEnd(' ')).ToList();
        while (lines.Count > 0 && lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        return string.Concat(lines.Select(line => line + "\r\n"));
    }

    [GeneratedRegex(@"(?<=\r\n)(?![ \t])")]
    private static partial Regex FieldStart();

    [GeneratedRegex(@"([;\s]b\s*=)[^;]*")]
    private static partial Regex SignatureValue();

    [GeneratedRegex(@"\s+")]
    private static partial Regex White();

    [GeneratedRegex(@"[ \t]+")]
    private static partial Regex Blanks();
}
