using System.Runtime.CompilerServices;

namespace Postmill.Host.Tests.Deploy;

/// <summary>The files of <c>deploy</c> as they stand in the tree.</summary>
internal static class DeployFiles
{
    public static IReadOnlyList<string> All() =>
        [.. Directory.EnumerateFiles(Root(), "*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is not ".eml").Order(StringComparer.Ordinal)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root(), path));

    public static string NameOf(string file) => Path.GetRelativePath(Root(), file);

    public static string Root([CallerFilePath] string here = "")
    {
        var directory = Path.GetDirectoryName(here)!;
        while (!File.Exists(Path.Combine(directory, "orleans.sln"))) directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("the top directory");
        return Path.Combine(directory, "deploy");
    }
}
