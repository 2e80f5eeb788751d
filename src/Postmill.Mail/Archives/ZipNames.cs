using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Postmill.Mail.Archives;

/// <summary>
/// Names of mails in a zip: <c>folder/date-id.eml</c>. Folder names are a stranger's: what comes out leads nowhere but below the place where it is unpacked, on any system, and no
/// two mails share one, for the id is in it.
/// </summary>
public static class ZipNames
{
    private const int MostFolders = 8;
    private const int MostFolderOctets = 120; // two of a common file system's 255, and a path of eight fits 1,024
    private const string NoFolder = "_";

    // Names that Windows keeps for devices, whatever follows a dot.
    private static readonly FrozenSet<string> Devices = new[] { "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$" }
        .Concat(Enumerable.Range(0, 10).SelectMany(n => new[] { $"COM{n}", $"LPT{n}" })).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<Rune> Forbidden = "\\/:*?\"<>|".EnumerateRunes().ToFrozenSet();

    /// <param name="folder">As people read it; null: in none.</param>
    /// <param name="delimiter">Between its levels; null: it has one.</param>
    /// <param name="receivedAt">When the mail came.</param>
    /// <param name="id">Of the mail.</param>
    public static string Of(string? folder, string? delimiter, DateTimeOffset receivedAt, Guid id)
    {
        var levels = folder is null ? [] : string.IsNullOrEmpty(delimiter) ? [folder] : folder.Split(delimiter, StringSplitOptions.RemoveEmptyEntries);
        var path = string.Join('/', levels.Take(MostFolders).Select(Safe).DefaultIfEmpty(NoFolder));
        return string.Create(CultureInfo.InvariantCulture, $"{path}/{receivedAt.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{id:N}.eml");
    }

    private static string Safe(string level)
    {
        var safe = new StringBuilder();
        var octets = 0;
        foreach (var rune in Composed(level).EnumerateRunes())
        {
            if ((octets += rune.Utf8SequenceLength) > MostFolderOctets) break;
            safe.Append(IsSafe(rune) ? rune.ToString() : NoFolder);
        }

        // Windows drops dots and blanks at the end, and then two names are one.
        var name = safe.ToString().Trim().TrimEnd('.', ' ');
        if (name.Length == 0) return NoFolder;
        return Devices.Contains(name.Split('.')[0].TrimEnd()) || name[0] is '.' or '~' or '-' ? NoFolder + name : name;
    }

    private static bool IsSafe(Rune rune) => !Forbidden.Contains(rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private static string Composed(string text)
    {
        // Half a surrogate pair has no composed form.
        text = string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));
        return text.Normalize(NormalizationForm.FormC);
    }
}
