using Orleans;

namespace Engine.Tests.Grains;

public interface IBrief : IGrainWithStringKey
{
    Task<Guid> Activation();

    Task<Guid> Stay(TimeSpan time);
}
