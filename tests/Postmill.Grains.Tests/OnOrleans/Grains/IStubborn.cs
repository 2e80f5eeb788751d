using Orleans;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

public interface IStubborn : IGrainWithStringKey
{
    Task<string> Hello();
}
