using System.Text.Json;
using System.Text.Json.Serialization;
using Postmill.Domain.Messages;

namespace Postmill.Host.Sending;

internal sealed class AddressListConverter : JsonConverter<AddressList>
{
    public override AddressList Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) return new AddressList([One(ref reader)]);
        var addresses = new List<MailAddressValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) addresses.Add(One(ref reader));
        return new AddressList(addresses);
    }

    public override void Write(Utf8JsonWriter writer, AddressList value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value.Addresses, options);

    private static MailAddressValue One(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) return new MailAddressValue(null, reader.GetString()!.Trim(' '));
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("must be an address");
        string? name = null, email = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isName = reader.ValueTextEquals("name"u8);
            var isEmail = reader.ValueTextEquals("email"u8);
            reader.Read();
            if (isName) name = Text(ref reader);
            else if (isEmail) email = Text(ref reader);
            else reader.Skip();
        }

        return new MailAddressValue(string.IsNullOrWhiteSpace(name) ? null : name.Trim(' '), (email ?? "").Trim(' '));
    }

    // Read by hand: a serializer within a converter would name a field by its place in the address alone.
    private static string? Text(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Null => null,
        _ => throw new JsonException("must be a text"),
    };
}
