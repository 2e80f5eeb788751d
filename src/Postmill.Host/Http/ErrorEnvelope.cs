using System.Text.Json.Serialization;

namespace Postmill.Host.Http;

/// <summary>The shape of a refusal, for the API's description; <see cref="ApiError"/> writes it.</summary>
internal sealed record ErrorEnvelope(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("details")] ErrorDetails? Details);

internal sealed record ErrorDetails(
    [property: JsonPropertyName("fieldErrors")] IReadOnlyDictionary<string, string[]> FieldErrors,
    [property: JsonPropertyName("formErrors")] string[] FormErrors);

internal static class ErrorEnvelopeRoutes
{
    /// <summary>The refusals of a route beyond those its access rule implies.</summary>
    public static RouteHandlerBuilder ProducesErrors(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses) route.Produces<ErrorEnvelope>(status);
        return route;
    }
}
