using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Postmill.Domain.Access;
using Postmill.Host.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Docs;

/// <summary>Writes into each operation what its access rule means: how to authenticate, and which refusals follow.</summary>
internal sealed class AccessTransformer : IOpenApiOperationTransformer
{
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var rule = context.Description.ActionDescriptor.EndpointMetadata.OfType<AccessRule>().LastOrDefault();
        switch (rule)
        {
            case AccessRule.Session session:
                Secure(operation, context, DocsFace.Session, DocsFace.SessionCookie);
                await RefuseAsync(operation, context, "401", "No or bad session.", cancellationToken);
                await RefuseAsync(operation, context, "403", $"A role below `{session.Role.ToName()}`, or a request from another site.", cancellationToken);
                break;
            case AccessRule.Key key:
                Secure(operation, context, DocsFace.ApiKey);
                await RefuseAsync(operation, context, "401", "No or bad API key.", cancellationToken);
                await RefuseAsync(operation, context, "403", $"The key lacks the scope `{key.Scope}`.", cancellationToken);
                break;
        }
        await RefuseAsync(operation, context, "429", "Too many requests; `Retry-After` says when to come again.", cancellationToken);
        await RefuseAsync(operation, context, "503", "Starting, shutting down, or the database is away.", cancellationToken);
    }

    private static void Secure(OpenApiOperation operation, OpenApiOperationTransformerContext context, params string[] schemes) =>
        operation.Security = [.. schemes.Select(s => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(s, context.Document)] = [] })];

    private static async Task RefuseAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, string status, string meaning, CancellationToken cancellationToken)
    {
        operation.Responses ??= [];
        if (operation.Responses.TryGetValue(status, out var described) && described.Description is { Length: > 0 } text && text != "Forbidden") return;
        var schema = await context.GetOrCreateSchemaAsync(typeof(ErrorEnvelope), cancellationToken: cancellationToken);
        operation.Responses[status] = new OpenApiResponse { Description = meaning, Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema } } };
    }
}
