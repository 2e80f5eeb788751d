using Orleans;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

[Alias("test.resident")]
public interface IResident : IGrainWithStringKey
{
    /// <summary>The name of the silo it runs on.</summary>
    Task<string> Where();

    /// <summary>It is looked after like an account from here on.</summary>
    Task Stay();

    /// <summary>How often this activation was asked.</summary>
    Task<int> Count();
}
