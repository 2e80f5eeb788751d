using Orleans;

namespace Engine.Tests.Grains;

public interface IStubborn : IGrainWithStringKey
{
    Task<string> Hello();
}
