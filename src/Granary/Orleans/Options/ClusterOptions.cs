namespace Orleans.Configuration;

/// <summary>Which cluster this silo belongs to.</summary>
public class ClusterOptions
{
    /// <summary>Silos of the same cluster see each other. Default <c>default</c>.</summary>
    public string ClusterId { get; set; } = "default";

    /// <summary>The service, the same over several clusters. Default <c>default</c>.</summary>
    public string ServiceId { get; set; } = "default";
}
