using Microsoft.AspNetCore.Http.Metadata;

namespace Postmill.Host.Http;

/// <summary>A route's own limit for its request body; routing hands it to the server.</summary>
internal sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;

internal static class BodyLimitRoutes
{
    public static TBuilder WithBodyLimit<TBuilder>(this TBuilder routes, long bytes) where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata(new BodyLimit(bytes));
}
