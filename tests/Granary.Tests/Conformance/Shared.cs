using Orleans;

namespace Granary.Tests.Conformance;

[GenerateSerializer, Immutable]
public sealed class Shared
{
    [Id(0)]
    public List<int> Values { get; init; } = [];
}
