using System.Net;

namespace Orleans.Configuration;

/// <summary>Where other silos reach this one.</summary>
public class EndpointOptions
{
    /// <summary>The address other silos use. Default: loopback.</summary>
    public IPAddress AdvertisedIPAddress { get; set; } = IPAddress.Loopback;

    /// <summary>The port other silos use. Default 11111.</summary>
    public int SiloPort { get; set; } = 11111;
}
