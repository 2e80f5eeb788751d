using Orleans;

namespace Granary.Tests.Conformance;

public interface IStubborn : IGrainWithStringKey
{
    Task<string> Hello();
}
