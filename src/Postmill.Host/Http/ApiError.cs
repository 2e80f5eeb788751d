using System.Globalization;
using System.Text.Json;

namespace Postmill.Host.Http;

/// <summary>A refusal as the client sees it: the one envelope of the contract. Made by <see cref="ApiErrors"/>.</summary>
internal sealed class ApiError(int status, string code, string text) : IResult, IStatusCodeHttpResult
{
    private readonly List<KeyValuePair<string, string?>> _extra = [];

    public int Status => status;

    public string Code => code;

    public string Text => text;

    public FieldErrors? Fields { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    int? IStatusCodeHttpResult.StatusCode => status;

    /// <summary>A field beside the envelope's own, as some pages show it (<c>accountId</c> of a failed sync).</summary>
    public ApiError With(string field, string? value)
    {
        _extra.Add(new(field, value));
        return this;
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        if (RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (HttpMethods.IsHead(httpContext.Request.Method)) return;
        var flag = httpContext.GetEndpoint()?.Metadata.GetMetadata<OkEnvelope>() is null ? "success" : "ok";
        await using (var json = new Utf8JsonWriter(response.BodyWriter, new JsonWriterOptions { Encoder = ApiJson.Encoder }))
            Write(json, flag);
        await response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }

    private void Write(Utf8JsonWriter json, string flag)
    {
        json.WriteStartObject();
        json.WriteBoolean(flag, false);
        json.WriteString("error", text);
        json.WriteString("code", code);
        foreach (var (field, value) in _extra) json.WriteString(field, value);
        if (Fields is not null)
        {
            json.WritePropertyName("details");
            Fields.Write(json);
        }
        json.WriteEndObject();
    }
}
