using Orleans;

namespace Engine.Tests.Grains;

[GenerateSerializer, Immutable]
public sealed class Shared
{
    [Id(0)]
    public List<int> Values { get; init; } = [];
}
