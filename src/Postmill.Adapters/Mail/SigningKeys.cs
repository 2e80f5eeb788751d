using System.Diagnostics.CodeAnalysis;
using Postmill.Mail.Dkim;

namespace Postmill.Adapters.Mail;

/// <summary>
/// The keys that outgoing mail is signed with (RFC 6376), for installations whose SMTP server does not. A key is a file named as its record in the DNS:
/// <c>selector._domainkey.example.org.pem</c>. A domain without a key of its own is signed for by the nearest domain above it that has one.
/// </summary>
public sealed class SigningKeys : IDisposable
{
    private const string Infix = "._domainkey.";
    private const string Ending = ".pem";

    private readonly Dictionary<string, DkimSigner> _signers = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<DkimKey> _keys = [];

    /// <summary>Reads all keys of a directory, or says what is wrong with the first that is none; an empty path means no keys.</summary>
    public static bool TryLoad(string directory, [NotNullWhen(true)] out SigningKeys? keys, [NotNullWhen(false)] out string? problem)
    {
        keys = new SigningKeys();
        problem = null;
        if (directory.Length == 0) return true;
        if (!Directory.Exists(directory)) problem = "a directory that exists";
        else foreach (var path in Directory.EnumerateFiles(directory, "*" + Ending).Order(StringComparer.Ordinal)) problem ??= keys.Add(path);
        if (problem is null) return true;
        keys.Dispose();
        keys = null;
        return false;
    }

    /// <summary>The mail with its signature before it; the mail as it is when its author's domain has no key.</summary>
    public byte[] Sign(byte[] mail, string authorDomain, DateTimeOffset at) => SignerOf(authorDomain) is { } signer ? [.. signer.Sign(mail, at), .. mail] : mail;

    public void Dispose()
    {
        foreach (var key in _keys) key.Dispose();
    }

    private DkimSigner? SignerOf(string domain)
    {
        for (var name = domain; name.Contains('.', StringComparison.Ordinal); name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])
            if (_signers.TryGetValue(name, out var signer)) return signer;
        return null;
    }

    private string? Add(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var at = name.IndexOf(Infix, StringComparison.OrdinalIgnoreCase);
        if (at <= 0) return $"a directory of keys named selector._domainkey.example.org.pem, which {Path.GetFileName(path)} is not";
        if (!DkimKey.TryImport(File.ReadAllText(path), out var key, out var fault)) return $"a directory of RSA keys; {Path.GetFileName(path)}: {fault}";
        _keys.Add(key);
        var domain = name[(at + Infix.Length)..];
        if (!DkimSigner.TryCreate(domain, name[..at], key, out var signer, out fault)) return $"a directory of keys named by selector and domain; {Path.GetFileName(path)}: {fault}";
        return _signers.TryAdd(domain, signer) ? null : $"a directory with one key a domain; {domain} has several";
    }
}
