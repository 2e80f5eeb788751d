namespace Postmill.Host.Http;

/// <summary>Marks the routes whose public page says <c>{"ok":false}</c> instead of <c>{"success":false}</c> (S3).</summary>
internal sealed class OkEnvelope
{
    public static readonly OkEnvelope Instance = new();
}

internal static class OkEnvelopeRoutes
{
    public static TBuilder WithOkEnvelope<TBuilder>(this TBuilder routes) where TBuilder : IEndpointConventionBuilder =>
        routes.WithMetadata(OkEnvelope.Instance);
}
