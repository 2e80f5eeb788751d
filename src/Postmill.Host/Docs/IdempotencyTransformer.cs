using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Postmill.Host.Http.Idempotency;

namespace Postmill.Host.Docs;

/// <summary>Writes the header into each operation that heeds it.</summary>
internal sealed class IdempotencyTransformer : IOpenApiOperationTransformer
{
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<Idempotent>().Any()) return Task.CompletedTask;
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = IdempotencyKey.Header,
            In = ParameterLocation.Header,
            Description = "A repeat with the same key and body within 24 hours gets the first answer again, with `Idempotent-Replayed: true`; 409 for another request with this key.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = IdempotencyLimits.MaxKey },
        });
        return Task.CompletedTask;
    }
}
