using Orleans;

namespace Granary.Tests.Conformance;

public interface IBrief : IGrainWithStringKey
{
    Task<Guid> Activation();

    Task<Guid> Stay(TimeSpan time);
}
