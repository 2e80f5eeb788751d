using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Postmill.Host.Tests.Http;

/// <summary>
/// A <c>.http</c> file as editors run it: <c>@name = value</c>, requests between <c>###</c> lines, <c>{{name}}</c>. Ours also say in comments what is
/// expected (<c># expect: 200</c>) and which field of the answer later requests use (<c># keep: name = path.to.field</c>).
/// </summary>
public sealed partial class RequestFile
{
    private readonly string _name;
    private readonly List<string[]> _requests;
    private readonly Dictionary<string, string> _variables = [];

    private RequestFile(string path)
    {
        _name = Path.GetFileName(path);
        var blocks = File.ReadAllText(path).ReplaceLineEndings("\n").Split("\n###");
        foreach (Match line in Variable().Matches(blocks[0])) _variables[line.Groups[1].Value] = line.Groups[2].Value.Trim();
        _requests = [.. blocks.Skip(1).Select(b => b.Split('\n').Skip(1).ToArray())];
    }

    public static IEnumerable<string> All() => Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "requests"), "*.http").Order(StringComparer.Ordinal);

    public static RequestFile Read(string path) => new(path);

    /// <summary>Another value for one of the file's own variables.</summary>
    public RequestFile With(string name, object value)
    {
        Assert.True(_variables.ContainsKey(name), $"{_name} has no @{name}");
        _variables[name] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
        return this;
    }

    /// <summary>Sends every request in order; the first answer that is not as expected fails the test and names its request.</summary>
    public async Task<int> ReplayAsync(HttpClient client, Uri host)
    {
        _variables["host"] = host.GetLeftPart(UriPartial.Authority);
        foreach (var lines in _requests) await SendAsync(client, [.. lines.Select(Fill)]);
        return _requests.Count;
    }

    private async Task SendAsync(HttpClient client, string[] lines)
    {
        var comments = lines.TakeWhile(l => l.Length == 0 || l[0] == '#').ToArray();
        var first = lines[comments.Length].Split(' ', 2);
        using var request = new HttpRequestMessage(new HttpMethod(first[0]), first[1]);
        var headers = lines.Skip(comments.Length + 1).TakeWhile(l => l.Length > 0).ToArray();
        var body = string.Join('\n', lines.Skip(comments.Length + 1 + headers.Length)).Trim();
        if (body.Length > 0) request.Content = new StringContent(body, null, "application/json");
        foreach (var header in headers.Select(h => h.Split(':', 2)).Where(h => !h[0].Equals("Content-Type", StringComparison.OrdinalIgnoreCase)))
            Assert.True(request.Headers.TryAddWithoutValidation(header[0], header[1].Trim()), $"{_name}: header {header[0]}");
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var expected = comments.Select(c => Expect().Match(c)).Single(m => m.Success).Groups[1].Value;
        Assert.True(((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture) == expected, $"{_name}: {lines[comments.Length]}: expected {expected}, got {(int)answer.StatusCode} {text}");
        foreach (var keep in comments.Select(c => Keep().Match(c)).Where(m => m.Success)) _variables[keep.Groups[1].Value] = Field(text, keep.Groups[2].Value);
    }

    private string Fill(string line) => Reference().Replace(line, m =>
        _variables.TryGetValue(m.Groups[1].Value, out var value) ? value : throw new InvalidOperationException($"{_name}: {m.Value} is not known yet"));

    private static string Field(string json, string path)
    {
        using var document = JsonDocument.Parse(json);
        return path.Split('.').Aggregate(document.RootElement, (e, name) => int.TryParse(name, out var i) ? e[i] : e.GetProperty(name)).ToString();
    }

    [GeneratedRegex(@"^@(\w+)\s*=\s*(.*)$", RegexOptions.Multiline)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^# expect: (\d{3})$")]
    private static partial Regex Expect();

    [GeneratedRegex(@"^# keep: (\w+) = (\S+)$")]
    private static partial Regex Keep();
}
