using Microsoft.OpenApi;

namespace Postmill.Host.Docs;

/// <summary>The API's description at /openapi/v1.json, and a page to browse and try it at /docs. Both are served from this process alone.</summary>
internal static class DocsFace
{
    public const string Session = "session", SessionCookie = "sessionCookie", ApiKey = "apiKey";

    public static void AddDocs(this WebApplicationBuilder builder) => builder.Services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Postmill", Version = "v1", Description = "Mailboxes in sync, their mail over REST, and live events over WebSocket." };
            document.Servers = null; // the page's own origin, whatever stands in front of us
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Session] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "The token that sign-in answers with." },
                [SessionCookie] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = "sb-access-token" },
                [ApiKey] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "msk_ and 64 hex digits" },
            };
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer<AddressListTransformer>();
        options.AddOperationTransformer<AccessTransformer>();
        options.AddOperationTransformer<IdempotencyTransformer>();
    });

    public static void MapDocs(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "Postmill API";
            page.SwaggerEndpoint("/openapi/v1.json", "Postmill v1");
        });
    }
}
