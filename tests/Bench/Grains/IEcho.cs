using Orleans;

namespace Postmill.Bench.Grains;

/// <summary>The least a grain can do.</summary>
[Alias("bench.echo")]
public interface IEcho : IGrainWithStringKey
{
    ValueTask<int> Echo(int number);

    /// <summary>The name of the silo that it runs on.</summary>
    Task<string> Where();
}
