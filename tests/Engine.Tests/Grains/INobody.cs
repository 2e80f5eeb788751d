using Orleans;

namespace Engine.Tests.Grains;

public interface INobody : IGrainWithStringKey
{
    Task Nothing();
}
