using System.Text.Json;

namespace Postmill.Host.Tests.Generated;

/// <summary>One operation of the API's description.</summary>
internal sealed record ApiOperation(string Method, string Path, IReadOnlyList<string> Query, IReadOnlyList<string> Headers, JsonElement? Body, JsonElement Document)
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    public override string ToString() => $"{Method} {Path}";

    public static IReadOnlyList<ApiOperation> ReadAll(JsonElement document) =>
    [
        .. from path in document.GetProperty("paths").EnumerateObject()
           where path.Name.StartsWith("/api", StringComparison.Ordinal)
           from method in path.Value.EnumerateObject()
           where Methods.Contains(method.Name)
           select new ApiOperation(
               method.Name.ToUpperInvariant(), path.Name, Parameters(method.Value, "query"), Parameters(method.Value, "header"), BodyOf(method.Value), document),
    ];

    /// <summary>Every field name of the description: what handlers read from the query without declaring it is called like the fields they answer with.</summary>
    public static IReadOnlyList<string> FieldNames(JsonElement document) =>
    [
        .. document.GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Where(s => s.Value.TryGetProperty("properties", out _))
            .SelectMany(s => s.Value.GetProperty("properties").EnumerateObject().Select(p => p.Name)).Distinct(),
    ];

    public JsonElement Resolve(JsonElement schema)
    {
        if (!schema.TryGetProperty("$ref", out var reference)) return schema;
        return reference.GetString()!.Split('/').Skip(1).Aggregate(Document, (at, name) => at.GetProperty(name));
    }

    private static string[] Parameters(JsonElement operation, string place) => operation.TryGetProperty("parameters", out var all)
        ? [.. all.EnumerateArray().Where(p => p.GetProperty("in").GetString() == place).Select(p => p.GetProperty("name").GetString()!)]
        : [];

    private static JsonElement? BodyOf(JsonElement operation) =>
        operation.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out var json) ? json.GetProperty("schema") : null;
}
