using Orleans;

namespace Engine.Tests.Grains;

public interface IStays : IGrainWithStringKey
{
    Task<Guid> Activation();
}
