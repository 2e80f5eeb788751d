namespace Orleans.Runtime;

/// <summary>The silo this process is.</summary>
public interface ILocalSiloDetails
{
    /// <summary>Its name, for people.</summary>
    string Name { get; }

    /// <summary>The cluster it belongs to.</summary>
    string ClusterId { get; }

    /// <summary>The machine's name.</summary>
    string DnsHostName { get; }

    /// <summary>Where other silos reach it.</summary>
    SiloAddress SiloAddress { get; }

    /// <summary>Where clients reach it: the same, this engine has no gateway of its own.</summary>
    SiloAddress GatewayAddress { get; }
}
