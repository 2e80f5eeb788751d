using System.Text;

namespace Postmill.Mail.Mime;

/// <summary>Makes what a stranger called a file into a name that is only a name.</summary>
internal static class FileNames
{
    public static string? Safe(string? name, MimeLimits limits)
    {
        if (name is null)
            return null;
        var last = name.AsSpan().TrimEnd("/\\ \t").TrimStart();
        last = last[(last.LastIndexOfAny('/', '\\') + 1)..];
        var kept = new StringBuilder();
        foreach (var c in last)
        {
            if (!char.IsControl(c) && !TurnsDirection(c))
                kept.Append(c);
        }
        var safe = kept.ToString().Trim();
        if (safe.Length == 0 || safe.All(c => c == '.'))
            return null;
        return Cut(safe, limits.MaxFileNameChars);
    }

    // The extension is what tells a reader how to open the file; it outlives the cut.
    private static string Cut(string name, int maxChars)
    {
        if (name.Length <= maxChars)
            return name;
        var dot = name.LastIndexOf('.');
        var extension = dot > 0 && name.Length - dot <= Math.Min(16, maxChars / 2) ? name[dot..] : "";
        return StorableText.Cut(name, maxChars - extension.Length) + extension;
    }

    // Bidirectional overrides make "exe.txt" out of "txt.exe" on the screen.
    private static bool TurnsDirection(char c) => c is '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\uFEFF';
}
