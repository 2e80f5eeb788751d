using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Postmill.Host.Cluster;

/// <summary>Section <c>Postmill:Cluster</c>.</summary>
internal sealed class ClusterSettings
{
    private const int ShortestSecret = 16;

    [Description("Name of the cluster. Silos of one database and one name work together; stored secrets are bound to it.")]
    public string Name { get; init; } = "postmill";

    [Description("Secret that silos and fronts show each other, at least 16 characters, the same in all of them. Empty: this silo works alone.")]
    public string Secret { get; init; } = "";

    [Description("Name of this silo in the operator's view and in metrics; silos of one machine need different ones. Empty: the machine's name.")]
    public string SiloName { get; init; } = "";

    [Description("What this process does: all; front (HTTP and sockets, no grains); worker (grains and schedules, of HTTP only /health). The last two need a Secret and a ConnectionStrings:Postgres.")]
    public ClusterRole Role { get; init; } = ClusterRole.All;

    [Description("IP address or host name at which the others reach this silo; auto: this machine's first address that is not loopback, for containers.")]
    public string AdvertisedAddress { get; init; } = "127.0.0.1";

    [Description("Port at which other silos reach this one. 0: a free one.")]
    [Range(0, 65_535)]
    public int Port { get; init; } = 11_111;

    [Description("Port at which fronts reach this silo. 0: a free one.")]
    [Range(0, 65_535)]
    public int GatewayPort { get; init; } = 30_000;

    [Description("PEM file of this process's certificate for calls between silos and fronts. Given together with KeyFile and AuthorityFile.")]
    public string CertificateFile { get; init; } = "";

    [Description("PEM file of that certificate's key.")]
    public string KeyFile { get; init; } = "";

    [Description("PEM file of the authority that has signed the certificates of all silos and fronts.")]
    public string AuthorityFile { get; init; } = "";

    [Description("Only silos and fronts can reach the network between them: calls may travel in clear on an address that is not loopback.")]
    public bool PrivateNetwork { get; init; }

    public bool UsesTls => CertificateFile.Length > 0;

    public string NodeName => SiloName.Length > 0 ? SiloName : Environment.MachineName;

    /// <summary>What is wrong with the settings of calls between silos; null when nothing is. Says nothing of the secret but its length.</summary>
    public string? Problem(IPAddress advertised)
    {
        if (Role != ClusterRole.All && Secret.Length == 0)
            return $"setting Postmill:Cluster:Role is '{Role.ToString().ToLowerInvariant()}' without Postmill:Cluster:Secret; allowed: a secret of at least {ShortestSecret} characters, the same in all silos, or the role all.";
        if (Secret.Length is > 0 and < ShortestSecret) return $"Postmill:Cluster:Secret has {Secret.Length} characters; allowed: at least {ShortestSecret}, or none.";
        if (Port == GatewayPort && Port != 0) return $"Postmill:Cluster:Port and GatewayPort are both {Port}; allowed: two ports, or 0.";
        return Certificates() ?? (Role == ClusterRole.Front ? null : Network(advertised));
    }

    private string? Certificates()
    {
        string[] files = [CertificateFile, KeyFile, AuthorityFile];
        if (files.All(f => f.Length == 0)) return null;
        if (files.Any(f => f.Length == 0)) return "Postmill:Cluster:CertificateFile, KeyFile and AuthorityFile are given together or not at all.";
        return files.FirstOrDefault(f => !File.Exists(f)) is { } missing ? $"Postmill:Cluster: there is no file \"{missing}\"." : null;
    }

    private string? Network(IPAddress advertised)
    {
        if (IPAddress.IsLoopback(advertised)) return null;
        if (Secret.Length == 0) return $"setting Postmill:Cluster:AdvertisedAddress is {advertised} without Postmill:Cluster:Secret; allowed: a secret, or a loopback address.";
        return UsesTls || PrivateNetwork
            ? null
            : $"setting Postmill:Cluster:AdvertisedAddress is {advertised}, and calls between silos would cross the network in clear; allowed: CertificateFile, KeyFile and AuthorityFile, or PrivateNetwork=true where only silos and fronts can reach that network.";
    }
}
