using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Postmill.Domain.Messages;
using Postmill.Host.Sending;

namespace Postmill.Host.Docs;

/// <summary>Describes what an address list is read from in its usual form; that one address or plain texts will do is in words.</summary>
internal sealed class AddressListTransformer : IOpenApiSchemaTransformer
{
    public async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type != typeof(AddressList)) return;
        schema.Type = JsonSchemaType.Array;
        schema.Items = await context.GetOrCreateSchemaAsync(typeof(MailAddressValue), cancellationToken: cancellationToken);
        schema.Description = "Addresses; one alone may stand without the list, and one without a name may be the address as text.";
    }
}
