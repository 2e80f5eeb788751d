using Orleans;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

public interface IStays : IGrainWithStringKey
{
    Task<Guid> Activation();
}
