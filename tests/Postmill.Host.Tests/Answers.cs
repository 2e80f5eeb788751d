using System.Net;
using System.Text.Json;

namespace Postmill.Host.Tests;

/// <summary>Reading what the host answered.</summary>
public static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer)
    {
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        return document.RootElement.Clone();
    }

    /// <summary>The envelope of the contract with this status and code; gives the whole of it.</summary>
    public static async Task<JsonElement> AssertErrorAsync(this HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"expected {(int)status} {code}, got {(int)answer.StatusCode}: {text}");
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        using var document = JsonDocument.Parse(text);
        var body = document.RootElement.Clone();
        Assert.False(body.GetProperty("success").GetBoolean());
        Assert.Equal(code, body.GetProperty("code").GetString());
        Assert.NotEmpty(body.GetProperty("error").GetString()!);
        return body;
    }

    /// <summary>400 that names this field.</summary>
    public static async Task<JsonElement> AssertFieldErrorAsync(this HttpResponseMessage answer, string field)
    {
        var body = await answer.AssertErrorAsync(HttpStatusCode.BadRequest, "validation_failed");
        var details = body.GetProperty("details");
        Assert.True(details.GetProperty("fieldErrors").TryGetProperty(field, out var problems), $"no error for {field}: {details}");
        Assert.NotEqual(0, problems.GetArrayLength());
        Assert.Equal(JsonValueKind.Array, details.GetProperty("formErrors").ValueKind);
        return body;
    }
}
