using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Postmill.Host.Tests;

/// <summary>Answers as they are promised, in <c>Golden/*.json</c>: field by field in their order; ids and times are masked.</summary>
public static partial class Golden
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void AssertMatches(string name, string json, [CallerFilePath] string test = "")
    {
        var directory = Path.GetDirectoryName(test)!;
        while (!Directory.Exists(Path.Combine(directory, "Golden"))) directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("Golden");
        var expected = File.ReadAllText(Path.Combine(directory, "Golden", name + ".json"));
        Assert.Equal(Canonical(expected), Canonical(json));
    }

    private static string Canonical(string json)
    {
        var text = JsonNode.Parse(json)!.ToJsonString(Indented);
        return Time().Replace(BareId().Replace(Id().Replace(text, "<id>"), "<id>"), "<time>");
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();

    [GeneratedRegex("(?<=\")[0-9a-f]{32}(?=-[0-9]+\")")]
    private static partial Regex BareId();

    [GeneratedRegex("(?<=\")[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z(?=\")")]
    private static partial Regex Time();
}
