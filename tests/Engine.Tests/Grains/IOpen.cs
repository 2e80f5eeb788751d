using Orleans;

namespace Engine.Tests.Grains;

public interface IOpen : IGrainWithStringKey
{
    Task Meet(string name, string other);
}
