using System.Net;
using Postmill.Host.Cluster;
using Postmill.Host.Settings;

namespace Postmill.Host.Tests.Cluster;

public sealed class AdvertisedAddressTests
{
    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("fd00::7", "fd00::7")]
    [InlineData("localhost", "127.0.0.1")]
    public void An_address_is_itself_and_a_name_is_looked_up(string setting, string address) => Assert.Equal(IPAddress.Parse(address), AdvertisedAddress.Resolve(setting));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("")]
    [InlineData("no such name")]
    [InlineData("nowhere.invalid")]
    [InlineData("10.1.2.3:11111")]
    public void What_nobody_could_reach_is_refused(string setting) => Assert.Null(AdvertisedAddress.Resolve(setting));

    [Fact]
    public void Auto_takes_the_network_with_a_way_out_and_never_one_that_others_cannot_use()
    {
        Assert.Equal(IPAddress.Parse("172.20.0.4"), AdvertisedAddress.Choose([
            new(IPAddress.Loopback, false), new(IPAddress.Parse("169.254.3.4"), true), new(IPAddress.Parse("fe80::1"), true),
            new(IPAddress.Parse("10.9.9.9"), false), new(IPAddress.Parse("fd00::4"), true), new(IPAddress.Parse("172.20.0.4"), true)]));
        Assert.Equal(IPAddress.Parse("10.9.9.9"), AdvertisedAddress.Choose([new(IPAddress.Parse("fd00::4"), false), new(IPAddress.Parse("10.9.9.9"), false)]));
        Assert.Null(AdvertisedAddress.Choose([new(IPAddress.Loopback, false), new(IPAddress.IPv6Loopback, false)]));
    }

    [Fact]
    public async Task A_setting_that_is_none_of_them_stops_the_start_and_names_what_is_allowed()
    {
        var refused = await Assert.ThrowsAsync<SettingsException>(() => HostFixture.StartAsync(new()
        {
            ConnectionString = "Host=nowhere.invalid",
            Settings = new Dictionary<string, string> { ["Postmill:Cluster:AdvertisedAddress"] = "0.0.0.0" },
        }));
        Assert.Contains("Postmill:Cluster:AdvertisedAddress is '0.0.0.0'; allowed: an IP address that other silos can reach, a host name", refused.Message, StringComparison.Ordinal);
    }
}
