using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Tidy.Tests;

/// <summary>The README's table of routes and the routes that the host maps are the same.</summary>
public sealed partial class RouteTableTests
{
    private const string Heading = "## Routes";

    [Fact]
    public async Task The_README_lists_the_routes_that_the_host_maps()
    {
        var mapped = await MappedAsync();
        Assert.Contains("GET /api/accounts", mapped);
        Assert.Contains("POST /api/sync", mapped);
        var readme = Path.Combine(Repository.Root, "README.md");
        var text = File.Exists(readme) ? Repository.Read("README.md") : "";
        if (text.Contains($"\n{Heading}\n", StringComparison.Ordinal)) AssertSame(Listed(text), mapped);
    }

    [Fact]
    public void A_row_that_is_missing_or_too_much_is_named()
    {
        var listed = Listed("# x\n\n## Routes\n\n| Method | Path | What |\n|---|---|---|\n| GET | /api/a | one |\n| GET, POST | `/api/b/{id}` | two |\n\n## Next\n\n| GET | /api/z | no |\n");
        Assert.Equal(["GET /api/a", "GET /api/b/{}", "POST /api/b/{}"], listed);
        Assert.Equal("", Differences(listed, ["POST /api/b/{}", "GET /api/b/{}", "GET /api/a"]));
        Assert.Equal("not in the README: DELETE /api/a; only in the README: GET /api/a", Differences(listed, ["DELETE /api/a", "GET /api/b/{}", "POST /api/b/{}"]));
    }

    private static IReadOnlyList<string> Listed(string readme)
    {
        var section = readme.Split($"\n{Heading}\n")[1].Split("\n## ")[0];
        return
        [
            .. from row in Row().Matches(section)
               from method in row.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)
               let path = PathOf(row.Groups[2].Value)
               where IsCompared(path)
               select $"{method} {path}",
        ];
    }

    private static void AssertSame(IReadOnlyList<string> listed, IReadOnlyList<string> mapped)
    {
        var differences = Differences(listed, mapped);
        Assert.True(differences.Length == 0, differences);
    }

    private static string Differences(IEnumerable<string> listed, IEnumerable<string> mapped)
    {
        var missing = string.Join(", ", mapped.Except(listed));
        var tooMuch = string.Join(", ", listed.Except(mapped));
        return string.Join("; ", new[] { missing.Length > 0 ? $"not in the README: {missing}" : "", tooMuch.Length > 0 ? $"only in the README: {tooMuch}" : "" }.Where(d => d.Length > 0));
    }

    /// <summary>Every route by method and path. HEAD goes with GET, and CONNECT is how HTTP/2 asks for a GET socket. The host is composed, not started.</summary>
    private static async Task<IReadOnlyList<string>> MappedAsync()
    {
        await using var app = Postmill.Host.Program.Build(Postmill.Host.Program.Compose(["--ConnectionStrings:Postgres=Host=nowhere.invalid"]));
        var routes =
            from route in ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
            let path = PathOf("/" + route.RoutePattern.RawText!.Trim('/'))
            where IsCompared(path) && method is not ("HEAD" or "CONNECT")
            orderby path, method
            select $"{method} {path}";
        return [.. routes.Distinct()];
    }

    /// <summary>Names of parameters do not matter; an email is also found below its account, which the README says in a sentence.</summary>
    private static string PathOf(string path) =>
        Parameter().Replace(path, "{}").Replace("/api/accounts/{}/emails/{}", "/api/emails/{}", StringComparison.Ordinal);

    /// <summary>The browsable description comes from a package, in its own way.</summary>
    private static bool IsCompared(string path) => path.Split('/')[1] is "api" or "mail" or "health";

    [GeneratedRegex(@"^\| *([A-Z]+(?:, *[A-Z]+)*) *\| *`?(/[^|` ]*)`? *\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
