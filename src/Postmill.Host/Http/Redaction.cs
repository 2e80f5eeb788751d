using System.Text.RegularExpressions;

namespace Postmill.Host.Http;

/// <summary>Takes tokens out of text that leaves the process where people read it.</summary>
internal static partial class Redaction
{
    public const string Mark = "[redacted]";

    public static string Clean(string text) => Secrets().Replace(text, $"${{before}}{Mark}");

    // Query parameter, API key, Authorization header and session cookie, wherever a library may have quoted them.
    [GeneratedRegex("""(?<before>[?&]token=)[^&\s"'#]+|(?<before>msk_)[0-9A-Za-z]+|(?<before>Bearer\s+)[^\s"',;]+|(?<before>(?:sb-access-token|session-token)=)[^\s"',;]+""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Secrets();
}
