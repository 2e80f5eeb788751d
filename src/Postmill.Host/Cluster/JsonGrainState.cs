using System.Text.Json;
using Orleans.Storage;

namespace Postmill.Host.Cluster;

/// <summary>Private state of grains as plain JSON: members by their names, unknown ones ignored, so that two releases can read each other's.</summary>
internal sealed class JsonGrainState : IGrainStorageSerializer
{
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input));

    public T? Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span);
}
