using Orleans.Runtime;

namespace Granary.Tests.Transport;

public sealed class CertificateTests
{
    [Fact]
    public async Task Silos_with_certificates_of_one_authority_call_each_other()
    {
        using var authority = new ClusterAuthority("ours");
        await using var cluster = new TestCluster();
        foreach (var name in new[] { "a", "b" }) await cluster.AddAsync(name, authority.Certify(name));
        await cluster["a"].LookAsync();
        Assert.Equal("b", await cluster["a"].Grains.GetGrain<IPlaced>(cluster.KeyOn("placed", cluster["b"])).Where().WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_silo_with_a_certificate_of_another_authority_or_with_none_gets_no_connection()
    {
        using ClusterAuthority ours = new("ours"), theirs = new("theirs");
        await using var cluster = new TestCluster();
        await cluster.AddAsync("b", ours.Certify("b"));
        await cluster.AddAsync("a", theirs.Certify("a"));
        await cluster.AddAsync("c");
        foreach (var caller in new[] { "a", "c" })
        {
            var key = cluster.KeyOn("placed", cluster["b"]);
            await cluster[caller].LookAsync();
            // A caller may have begun to send before the other end turned the connection down; then it cannot know, and says so.
            var fault = await Record.ExceptionAsync(() => cluster[caller].Grains.GetGrain<IPlaced>(key).Where().WaitAsync(Silo.Patience));
            Assert.True(fault is SiloUnavailableException or TimeoutException, $"{fault}");
            Assert.Contains("b at", fault.Message, StringComparison.Ordinal);
            Assert.DoesNotContain($"{key} placed", cluster.Probe.Notes);
        }
    }
}
