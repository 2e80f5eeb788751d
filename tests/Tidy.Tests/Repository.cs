using System.Runtime.CompilerServices;

namespace Tidy.Tests;

/// <summary>The checked-in tree that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>C# files below <c>src</c> or <c>tests</c>, by their path in the repository.</summary>
    public static IEnumerable<string> Sources(string top) => Files(top, "*.cs");

    public static IEnumerable<string> Files(string top, string pattern) => Directory
        .EnumerateFiles(Path.Combine(Root, top), pattern, SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
        .Where(path => !path.Split('/').Any(part => part is "obj" or "bin" or "artifacts"))
        .Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var directory = Path.GetDirectoryName(here);
        while (directory is not null && !File.Exists(Path.Combine(directory, "orleans.sln"))) directory = Path.GetDirectoryName(directory);
        return directory ?? throw new DirectoryNotFoundException($"no orleans.sln above {here}");
    }
}
