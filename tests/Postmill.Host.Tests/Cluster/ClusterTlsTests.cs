using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Postmill.Domain.Feed;
using Postmill.Host.Cluster;
using Postmill.Host.Start;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Cluster;

/// <summary>Silos and fronts that show each other certificates of the cluster's own authority.</summary>
public sealed class ClusterTlsTests : IAsyncLifetime
{
    private static readonly TestCertificates Certificates = TestCertificates.Shared;

    private ClusterHosts _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ClusterHosts.NewAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Silos_and_a_front_of_one_authority_work_together()
    {
        HostFixture[] silos = [await StartAsync("all", Certificates.Valid), await StartAsync("all", Certificates.Valid)];
        await ClusterHosts.SeeEachOtherAsync(silos);
        var front = await StartAsync("front", Certificates.Valid);
        await ClusterHosts.HasMetASiloAsync(front);
        var homes = new HashSet<string>();
        for (var n = 0; n < 50 && homes.Count < 2; n++) homes.Add(await ClusterHosts.RunsAtAsync(front, FeedGrains.GrainType, Guid.NewGuid()));
        Assert.Equal(silos.Select(ClusterHosts.Owner).Order(), homes.Order());
        for (var n = 0; n < 50; n++) await ClusterHosts.RunsAtAsync(silos[n % 2], FeedGrains.GrainType, Guid.NewGuid());
    }

    [Theory]
    [InlineData("none")]
    [InlineData("expired")]
    [InlineData("of nobody")]
    public async Task A_silo_without_the_right_certificate_gets_nowhere(string certificate)
    {
        var first = await StartAsync("all", Certificates.Valid);
        var refused = await Assert.ThrowsAsync<StartException>(() => StartAsync("all", Pair(certificate)));
        Assert.Contains("lives in this cluster, and it does not speak as this one does. Set Postmill:Cluster:CertificateFile, KeyFile and AuthorityFile in all silos or in none, of one authority", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await _cluster.ScalarAsync<long>("SELECT count(*) FROM silo"));
        Assert.Equal("active", await _cluster.ScalarAsync<string>("SELECT status FROM silo WHERE owner = $1", ClusterHosts.Owner(first)));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("expired")]
    [InlineData("of nobody")]
    public async Task A_front_without_the_right_certificate_meets_no_silo_and_says_why(string certificate)
    {
        var silo = await StartAsync("all", Certificates.Valid);
        var front = await StartAsync("front", Pair(certificate));
        await Eventually.TrueAsync("the front says that it meets no silo", () => Task.FromResult(front.Logs.Lines.Any(l => l.Contains("No silo answers: calls to grains are refused until one does", StringComparison.Ordinal) && l.Contains("the certificates of one of the two are missing", StringComparison.Ordinal))));
        Assert.False(front.Services.GetRequiredService<FrontConnection>().IsConnected);
        var user = await front.SignUpAsync();
        using (var read = await user.Client.GetAsync("/api/accounts")) Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        using var refused = await user.Client.PostAsJsonAsync("/api/sync", new { });
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode); // no account; and no call waited
        Assert.Equal(0, await _cluster.ScalarAsync<long>("SELECT count(*) FROM silo WHERE owner <> $1", ClusterHosts.Owner(silo)));
    }

    [Fact]
    public async Task A_certificate_that_is_only_for_servers_is_refused_with_what_it_lacks()
    {
        var refused = await Assert.ThrowsAsync<StartException>(() => StartAsync("all", Certificates.ServerOnly));
        Assert.Contains("may not be used as clientAuth", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_speaks_in_clear_hears_nothing(bool atSilo)
    {
        var silo = await StartAsync("all", Certificates.Valid);
        var endpoints = silo.Services.GetRequiredService<SiloEndpoints>();
        using var client = new TcpClient();
        await client.ConnectAsync(atSilo ? endpoints.Silo : endpoints.Gateway);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("pmc1" + new string('x', 200)));
        var heard = new MemoryStream();
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await stream.CopyToAsync(heard, patience.Token); // to the end: it is closed
        }
        catch (IOException)
        {
            // reset: an end too
        }

        Assert.DoesNotContain("pmc1", Encoding.Latin1.GetString(heard.ToArray()), StringComparison.Ordinal);
        Assert.InRange(heard.Length, 0, 7); // a TLS alert at most
    }

    private static PemPair? Pair(string name) => name switch { "none" => null, "expired" => Certificates.Expired, _ => Certificates.SelfSigned };

    private Task<HostFixture> StartAsync(string role, PemPair? pair) => _cluster.StartAsync(role, settings: pair is null
        ? []
        :
        [
            ("Postmill:Cluster:CertificateFile", pair.CertificatePath),
            ("Postmill:Cluster:KeyFile", pair.KeyPath),
            ("Postmill:Cluster:AuthorityFile", Certificates.AuthorityPath),
        ]);
}
