using System.Text.Json;
using System.Text.Json.Serialization;
using Postmill.Domain;

namespace Postmill.Host.Http;

internal sealed class UtcSecondsConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // A time without an offset is taken as UTC; the runtime's reader would take the zone of this machine.
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTime(out var time)) throw new JsonException("must be an ISO 8601 time");
        if (time.Kind == DateTimeKind.Unspecified) return new DateTimeOffset(time, TimeSpan.Zero);
        return reader.GetDateTimeOffset().ToUniversalTime();
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(WireTime.Format(value));
}
