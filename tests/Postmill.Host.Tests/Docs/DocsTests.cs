using System.Text.Json;
using System.Text.RegularExpressions;

namespace Postmill.Host.Tests.Docs;

public sealed partial class DocsTests : IAsyncLifetime
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];
    private HostFixture _host = null!;

    public async Task InitializeAsync() => _host = await HostFixture.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Every_operation_has_summary_tag_an_answer_and_how_to_authenticate()
    {
        foreach (var (name, operation) in await OperationsAsync())
        {
            Assert.True(operation.TryGetProperty("summary", out _), $"{name} has no summary");
            Assert.True(operation.TryGetProperty("tags", out _), $"{name} has no tag");
            var responses = operation.GetProperty("responses");
            Assert.True(responses.EnumerateObject().Any(r => r.Name[0] == '2'), $"{name} has no answer");
            Assert.True(responses.TryGetProperty("503", out _), $"{name} does not say what it refuses");
            if (!name.EndsWith("/sign-up", StringComparison.Ordinal) && !name.EndsWith("/sign-in", StringComparison.Ordinal))
                Assert.True(operation.GetProperty("security").GetArrayLength() > 0 && responses.TryGetProperty("401", out _), $"{name} says nothing of authentication");
        }
    }

    [Fact]
    public async Task Schemas_have_the_names_that_travel()
    {
        var text = (await DocumentAsync()).GetRawText();
        Assert.Contains("\"allowed_account_id\"", text, StringComparison.Ordinal);
        Assert.Contains("\"fieldErrors\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"AllowedAccountId\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("allowedAccountId", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_is_served_with_everything_it_needs_from_here()
    {
        var client = _host.NewClient();
        var page = await client.GetStringAsync("/docs/index.html");
        Assert.DoesNotContain("//cdn", page, StringComparison.OrdinalIgnoreCase);
        var assets = Asset().Matches(page).Select(m => m.Groups[1].Value).ToList();
        Assert.Contains(assets, a => a.EndsWith("swagger-ui-bundle.js", StringComparison.Ordinal));
        foreach (var asset in assets)
        {
            Assert.DoesNotContain("//", asset, StringComparison.Ordinal);
            using var answer = await client.GetAsync(new Uri(new Uri(_host.Address, "/docs/"), asset));
            Assert.True(answer.IsSuccessStatusCode, $"{asset}: {answer.StatusCode}");
        }
    }

    private async Task<JsonElement> DocumentAsync()
    {
        using var answer = await _host.NewClient().GetAsync("/openapi/v1.json");
        return await answer.JsonAsync();
    }

    private async Task<IEnumerable<(string Name, JsonElement Operation)>> OperationsAsync() =>
        from path in (await DocumentAsync()).GetProperty("paths").EnumerateObject()
        where path.Name.StartsWith("/api", StringComparison.Ordinal)
        from method in path.Value.EnumerateObject()
        where Methods.Contains(method.Name)
        select ($"{method.Name} {path.Name}", method.Value);

    [GeneratedRegex("""(?:src|href)="([^"]+)""")]
    private static partial Regex Asset();
}
