using System.Text.Json;

namespace Postmill.Client;

/// <summary>From a text frame to an event.</summary>
internal static class LiveFrame
{
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = ClientLimits.JsonDepth };

    /// <exception cref="PostmillException">It is no event.</exception>
    public static LiveEvent Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Limits);
            var frame = document.RootElement;
            if (frame.ValueKind != JsonValueKind.Object) throw new JsonException("no object");
            var type = frame.TryGetProperty("type", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : throw new JsonException("no type");
            var seq = frame.TryGetProperty("seq", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var n) ? n : throw new JsonException("no seq");
            return type switch
            {
                "resync_required" => new ResyncRequired(seq),
                "email_received" => Received(seq, frame),
                _ => new OtherEvent(seq, type, frame.Clone()),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new PostmillException("bad_answer", "a live event is not what this client understands", e); // InvalidOperation: a string that is no UTF-16
        }
    }

    private static EmailReceived Received(long seq, JsonElement frame)
    {
        var mail = frame.Deserialize(ClientJson.Default.EmailReceivedFrame) ?? throw new JsonException("null");
        return new EmailReceived(seq, mail.From, mail.Subject, mail.ReceivedAt);
    }
}
