using System.Text.Json.Serialization;

namespace Postmill.Domain.Messages;

/// <summary>An address as the API shows and the database keeps it.</summary>
public sealed record MailAddressValue(
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("email")] string Email);
