using Orleans;

namespace Granary.Tests.Conformance;

public interface IOpen : IGrainWithStringKey
{
    Task Meet(string name, string other);
}
