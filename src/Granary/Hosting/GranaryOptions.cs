using System.Reflection;

namespace Granary;

/// <summary>Settings of the engine beside Orleans' own (<c>ClusterOptions</c>, <c>EndpointOptions</c>, <c>GrainCollectionOptions</c>, <c>SiloMessagingOptions</c>).</summary>
public sealed class GranaryOptions
{
    /// <summary>The assemblies whose grain classes this silo runs.</summary>
    public IList<Assembly> GrainAssemblies { get; } = [];

    /// <summary>The silo's name, for people. Default: the machine's name.</summary>
    public string SiloName { get; set; } = Environment.MachineName;

    /// <summary>What the silo is for, as other silos see it. <see cref="Cluster.SiloRoles.Front"/> means that it runs no grains. Default <c>silo</c>.</summary>
    public string Role { get; set; } = "silo";

    /// <summary>The version other silos see. Default: the entry assembly's.</summary>
    public string Version { get; set; } = Assembly.GetEntryAssembly()?.GetName().Version?.ToString() ?? "0";

    /// <summary>Most items one answer of a grain stream carries. Default 100: enough to hide the call, few enough to bound what waits.</summary>
    public int EnumerationBatchSize { get; set; } = 100;

    /// <summary>Longest time one call waits for the next item of a stream before it answers "nothing yet". Default 10 s: well below the response timeout.</summary>
    public TimeSpan EnumerationPollTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time after which a stream nobody reads from is ended. Default 2 min: a reader slower than this follows again.</summary>
    public TimeSpan EnumerationIdleTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Most streams one activation serves at once. Default 1,000: each holds a producer's state.</summary>
    public int MaxEnumerationsPerActivation { get; set; } = 1_000;

    /// <summary>Longest time a stopping silo waits for its queued calls to run and its activations to end. Default 20 s: below the host's 30 s.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
