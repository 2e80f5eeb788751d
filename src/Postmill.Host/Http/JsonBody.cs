using System.Text.Json;
using System.Text.Unicode;

namespace Postmill.Host.Http;

/// <summary>Reads a JSON body: bounded in size and depth, valid UTF-8, no U+0000 (PostgreSQL's text cannot hold it). Unknown fields are ignored.</summary>
internal static class JsonBody
{
    /// <summary>Characters of a path into the body that are given back; keys of dictionaries are the client's.</summary>
    private const int MaxFieldName = 200;

    /// <param name="whenEmpty">What an absent body means, on routes where it may be left out.</param>
    public static async ValueTask<Bound<T>> ReadAsync<T>(HttpContext http, T? whenEmpty = null) where T : class
    {
        return await RequestBytes.ReadAsync(http) is { } body ? Read(http, body, whenEmpty) : ApiErrors.TooLarge();
    }

    /// <summary>The same, for who needs the bytes too.</summary>
    public static Bound<T> Read<T>(HttpContext http, byte[] body, T? whenEmpty = null) where T : class
    {
        if (body.Length == 0)
            return whenEmpty is null ? ApiErrors.BadRequest(new FieldErrors().AddForm("a JSON body is required")) : whenEmpty;
        if (!http.Request.HasJsonContentType()) return ApiErrors.NotJson();
        return Parse<T>(body);
    }

    internal static Bound<T> Parse<T>(ReadOnlySpan<byte> body) where T : class
    {
        if (body.StartsWith("\uFEFF"u8)) body = body["\uFEFF"u8.Length..];
        if (!Utf8.IsValid(body)) return ApiErrors.Malformed("the body is not valid UTF-8");
        T? value;
        try
        {
            if (JsonText.FindUnstorable(body) is { } field) return ApiErrors.BadRequest(field, "must not contain U+0000 or half a surrogate pair");
            value = JsonSerializer.Deserialize<T>(body, ApiJson.Options);
        }
        catch (JsonException e)
        {
            return Refuse(e);
        }
        if (value is null) return ApiErrors.Malformed("the body must be a JSON object");
        if (value is not IChecked request) return value;
        var errors = new FieldErrors();
        request.Check(errors);
        return errors.Any ? ApiErrors.BadRequest(errors) : value;
    }

    // The reader's own complaints are about syntax and depth; the serializer's are about the type of one field, and name it.
    private static ApiError Refuse(JsonException e)
    {
        if (e.InnerException is JsonException || e.Path is null) return ApiErrors.Malformed("the body is not valid JSON");
        if (e.Path is not ['$', '.', .. var field]) return ApiErrors.Malformed("the body must be a JSON object");
        return ApiErrors.BadRequest(field[..Math.Min(field.Length, MaxFieldName)], "has the wrong type");
    }
}
