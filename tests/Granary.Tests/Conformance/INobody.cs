using Orleans;

namespace Granary.Tests.Conformance;

public interface INobody : IGrainWithStringKey
{
    Task Nothing();
}
