using System.Text;
using System.Text.Json;

namespace Postmill.Host.Tests.Generated;

/// <summary>A body out of a schema: right, wrong in one field, or broken as a whole.</summary>
internal sealed class GeneratedBody(ApiOperation operation, Random random, GeneratedIds ids)
{
    private const int Deep = 100; // above the host's limit of 64

    private static readonly string[] Numbers = ["0", "-1", "1", "1e999", "-1e999", "1e-999", "1.5", "99999999999999999999", "9223372036854775807", "2147483648", "-0", "1E2"];

    // Some bodies have every field, some only a few: together many of them exclude each other.
    private readonly int _density = random.Next(3) switch { 0 => 100, 1 => 50, _ => 15 };

    public byte[] Next()
    {
        var good = operation.Body is { } schema ? Value(schema, "", 0) : "{}";
        return random.Next(10) switch
        {
            0 or 1 or 2 or 3 => Encoding.UTF8.GetBytes(good),
            4 => Broken(good),
            5 when random.Next(2) == 0 => Encoding.UTF8.GetBytes(Hostile()),
            _ => Encoding.UTF8.GetBytes(operation.Body is { } whole ? OneFieldWrong(operation.Resolve(whole)) : Hostile()),
        };
    }

    private string OneFieldWrong(JsonElement schema)
    {
        if (!schema.TryGetProperty("properties", out var properties) || !properties.EnumerateObject().Any()) return Hostile();
        var all = properties.EnumerateObject().ToList();
        var wrong = all[random.Next(all.Count)].Name;
        var fields = new List<string>();
        foreach (var field in all)
        {
            if (field.Name != wrong && random.Next(100) >= _density) continue;
            var value = field.Name == wrong ? Hostile() : Value(field.Value, field.Name, 1);
            if (field.Name != wrong || random.Next(8) != 0) fields.Add($"{Quote(field.Name)}:{value}");
            if (field.Name == wrong && random.Next(8) == 0) fields.Add($"{Quote(field.Name)}:{value}");
        }
        if (random.Next(8) == 0) fields.Add($"{Quote(HostileText.Any(random))}:{Hostile()}");
        return $"{{{string.Join(',', fields)}}}";
    }

    private string Value(JsonElement given, string name, int depth)
    {
        var schema = operation.Resolve(given);
        foreach (var choice in new[] { "oneOf", "anyOf", "allOf" })
            if (schema.TryGetProperty(choice, out var choices)) return Value(choices[choices.GetArrayLength() - 1], name, depth);
        var type = TypeOf(schema);
        if (depth > 6) return "null";
        return type switch
        {
            "object" when schema.TryGetProperty("properties", out var properties) =>
                $"{{{string.Join(',', properties.EnumerateObject().Where(_ => random.Next(100) < _density).Select(p => $"{Quote(p.Name)}:{Value(p.Value, p.Name, depth + 1)}"))}}}",
            "array" => schema.TryGetProperty("items", out var items) ? $"[{Value(items, name, depth + 1)}]" : "[]",
            "integer" or "number" => name.Contains("port", StringComparison.Ordinal) ? "993" : "1",
            "boolean" => random.Next(2) == 0 ? "true" : "false",
            "object" => "{}",
            _ => Quote(Text(name, schema)),
        };
    }

    private string Text(string name, JsonElement schema)
    {
        if (schema.TryGetProperty("enum", out var listed)) return listed[random.Next(listed.GetArrayLength())].ToString();
        if (schema.TryGetProperty("format", out var format) && format.GetString() == "date-time") return "2030-01-01T00:00:00Z";
        return name switch
        {
            // Names that resolve without a network, so that connecting fails at once and nothing leaves this machine.
            _ when name.Contains("host", StringComparison.Ordinal) => "127.0.0.1",
            _ when name.EndsWith("id", StringComparison.OrdinalIgnoreCase) => ids.Any(random),
            "email" => $"g{random.Next()}@example.org",
            "password" => SignedIn.Password,
            "scopes" => "read",
            "older_than" or "after" or "before" or "date" => "2026-01-15T00:00:00Z",
            _ when name.Contains("tls", StringComparison.Ordinal) => "implicit",
            _ => "text",
        };
    }

    private string Hostile() => random.Next(12) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 or 3 => Numbers[random.Next(Numbers.Length)],
        4 => "[]",
        5 => "{}",
        6 => string.Concat(Enumerable.Repeat("[", Deep)) + string.Concat(Enumerable.Repeat("]", Deep)),
        7 => $"[{string.Join(',', Enumerable.Repeat(Quote(HostileText.Any(random)), random.Next(1, 300)))}]",
        8 => random.Next(3) switch { 0 => "\"\\u0000\"", 1 => "\"\\ud800\"", _ => "\"a\\udc00\\u0000\"" },
        9 => $"{{\"a\":{{\"\\ud800\":1}},\"a\":[{Quote(HostileText.Any(random))}]}}",
        10 when random.Next(20) == 0 => Quote(new string('y', random.Next(100_000, 1_200_000))),
        _ => Quote(HostileText.Any(random)),
    };

    private byte[] Broken(string good)
    {
        var bytes = Encoding.UTF8.GetBytes(good);
        return random.Next(9) switch
        {
            0 => bytes[..random.Next(bytes.Length)],
            1 => [.. bytes, (byte)','],
            2 => [.. bytes, .. bytes],
            3 => [0xEF, 0xBB, 0xBF, .. bytes],
            4 => Encoding.Unicode.GetBytes(good),
            5 => [.. "{\"a\":\""u8, 0xC3, 0x28, 0xFF, .. "\"}"u8],
            6 => [.. "\"text\""u8],
            7 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 2_000))),
            _ => Flip(bytes),
        };
    }

    private byte[] Flip(byte[] bytes)
    {
        for (var i = random.Next(1, 4); i > 0 && bytes.Length > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private static string TypeOf(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type)) return "string";
        return type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!).First(t => t != "null") : type.GetString()!;
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}
