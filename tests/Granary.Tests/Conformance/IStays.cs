using Orleans;

namespace Granary.Tests.Conformance;

public interface IStays : IGrainWithStringKey
{
    Task<Guid> Activation();
}
