namespace Postmill.Mail.Tests.Mime;

/// <summary>The project's own sample mails, octet for octet as in Samples/.</summary>
internal static class Samples
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Mime", "Samples");

    public static IReadOnlyList<(string Name, byte[] Octets)> All() =>
        [.. Directory.GetFiles(Folder, "*.eml").Order(StringComparer.Ordinal).Select(f => (Path.GetFileNameWithoutExtension(f), File.ReadAllBytes(f)))];

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".eml"));

    /// <summary>What the reader is to make of it.</summary>
    public static string Expected(string name) => File.ReadAllText(Path.Combine(Folder, name + ".txt"));
}
