using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Postmill.Host;

/// <summary>Section <c>Postmill:Cluster</c>: what both engines need to know.</summary>
internal sealed class ClusterSettings
{
    [Description("Name of the cluster. Silos of one database and one name work together; stored secrets are bound to it.")]
    public string Name { get; init; } = "postmill";

    [Description("Secret that silos show each other. Empty: this silo stands alone.")]
    public string Secret { get; init; } = "";

    [Description("What the silo is for, as other silos see it.")]
    public string Role { get; init; } = "silo";

    [Description("IP address at which other silos reach this one.")]
    public string AdvertisedAddress { get; init; } = "127.0.0.1";

    [Description("Port at which other silos reach this one.")]
    [Range(0, 65_535)]
    public int Port { get; init; } = 11_111;
}
