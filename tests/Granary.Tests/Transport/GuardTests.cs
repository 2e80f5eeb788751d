using System.Net;
using Granary.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Granary.Tests.Transport;

public sealed class GuardTests
{
    [Fact]
    public async Task A_silo_with_another_secret_is_refused_and_both_sides_are_told_why()
    {
        using var lines = new LogLines();
        await using var cluster = new TestCluster();
        await cluster.AddAsync("b", null, services => services.AddLogging(l => l.AddProvider(lines)));
        var stranger = await cluster.AddAsync("a", o => o.Secret = "quite another secret");
        var key = cluster.KeyOn("placed", cluster["b"]);
        var fault = await Assert.ThrowsAsync<SiloUnavailableException>(() => stranger.Grains.GetGrain<IPlaced>(key).Where().WaitAsync(Silo.Patience));
        Assert.Contains($"b at {cluster["b"].Identity.Address} refuses calls of this silo (401): The cluster secrets of the two silos differ;", fault.Message, StringComparison.Ordinal);
        Assert.Contains(lines.All, l => l.StartsWith("Warning: A call from 127.0.0.1 (", StringComparison.Ordinal) && l.Contains("was refused: The cluster secrets of the two silos differ", StringComparison.Ordinal));
        Assert.DoesNotContain($"{key} placed", cluster.Probe.Notes);
    }

    [Fact]
    public async Task A_silo_of_another_cluster_is_refused_and_both_names_are_said()
    {
        await using var cluster = await TestCluster.StartAsync("b");
        var stranger = await cluster.AddAsync("a", null, services => services.Configure<ClusterOptions>(o => o.ClusterId = "élsewhere"));
        var key = cluster.KeyOn("placed", cluster["b"]);
        var fault = await Assert.ThrowsAsync<SiloUnavailableException>(() => stranger.Grains.GetGrain<IPlaced>(key).Where().WaitAsync(Silo.Patience));
        Assert.Contains("of cluster \"élsewhere\", this silo is of \"default\"", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/session", HttpStatusCode.NotFound)]
    [InlineData("POST", "/granary/call", HttpStatusCode.Unauthorized)]
    public async Task Nothing_else_answers_on_the_silos_port(string method, string path, HttpStatusCode expected)
    {
        await using var cluster = await TestCluster.StartAsync("a");
        using var response = await SendAsync(cluster, new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("0", "default", true, 8, HttpStatusCode.UpgradeRequired)]
    [InlineData("x", "default", true, 8, HttpStatusCode.UpgradeRequired)]
    [InlineData("1", "other", true, 8, HttpStatusCode.Forbidden)]
    [InlineData("1", "default", false, 8, HttpStatusCode.BadRequest)]
    [InlineData("1", "default", true, 20_000, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("1", "default", true, 8, HttpStatusCode.OK)]
    [InlineData("99", "default", true, 8, HttpStatusCode.OK)]
    public async Task What_a_request_shows_decides_what_it_is_told(string version, string cluster, bool names, int length, HttpStatusCode expected)
    {
        await using var silos = new TestCluster();
        await silos.AddAsync("a", o => o.MaxMessageBytes = 10_000);
        var request = new HttpRequestMessage(HttpMethod.Post, WireHeaders.Path) { Content = new ByteArrayContent(new byte[length]) };
        request.Headers.Add(WireHeaders.Key, new SiloKey(Options.Create(new TransportOptions { Secret = TestCluster.Secret })).Text);
        request.Headers.Add(WireHeaders.Wire, version);
        request.Headers.Add(WireHeaders.Cluster, cluster);
        if (names) request.Headers.Add(WireHeaders.Caller, Guid.NewGuid().ToString());
        using var response = await SendAsync(silos, request);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public void Settings_that_cannot_work_are_refused_by_name()
    {
        var validation = new TransportOptionsValidation();
        Assert.True(validation.Validate(null, new TransportOptions { Secret = TestCluster.Secret }).Succeeded);
        Assert.Contains("Secret", validation.Validate(null, new TransportOptions { Secret = "short" }).FailureMessage, StringComparison.Ordinal);
        Assert.Contains("KeyFile", validation.Validate(null, new TransportOptions { Secret = TestCluster.Secret, CertificateFile = "x.pem" }).FailureMessage, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> SendAsync(TestCluster cluster, HttpRequestMessage request)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{cluster["a"].Identity.Address}"), Timeout = Silo.Patience };
        using (request)
        {
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            return await http.SendAsync(request);
        }
    }
}
