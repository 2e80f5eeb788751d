using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postmill.Testing.Sink;

/// <summary>What a sink in a process of its own is told; it answers with its counts.</summary>
/// <param name="Rules">Replaces the rules.</param>
/// <param name="Open">Opens a gate.</param>
/// <param name="Cut">Resets every connection that stands.</param>
internal sealed record SinkOrder(IReadOnlyList<SinkRule>? Rules = null, string? Open = null, bool Cut = false)
{
    public static JsonSerializerOptions Json { get; } = new() { Converters = { new JsonStringEnumConverter() } };
}
