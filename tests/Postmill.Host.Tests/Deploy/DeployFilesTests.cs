using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Postmill.Host.Cluster;
using Postmill.Host.Settings;

namespace Postmill.Host.Tests.Deploy;

/// <summary>What the files for operators say about the host is true: a setting, a path or a port that is none would show itself only in production.</summary>
public sealed partial class DeployFilesTests
{
    [Fact]
    public void Every_setting_that_a_file_names_exists()
    {
        var known = Compose().Catalog().Settings.Select(s => s.Name).Append("ConnectionStrings:Postgres").ToHashSet(StringComparer.Ordinal);
        var named = DeployFiles.All().SelectMany(f => SettingName().Matches(File.ReadAllText(f)).Select(m => (File: DeployFiles.NameOf(f), Name: m.Value.Replace("__", ":", StringComparison.Ordinal)))).ToList();
        Assert.Contains(named, n => n is { File: "compose.yaml", Name: "Postmill:Cluster:Secret" });
        Assert.Equal([], named.Where(n => !known.Contains(n.Name)));
    }

    [Fact]
    public void Every_health_path_that_a_file_names_exists()
    {
        var named = DeployFiles.All().SelectMany(f => HealthPath().Matches(File.ReadAllText(f))).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(["/health/live", "/health/ready", "/health/startup"], named);
    }

    [Fact]
    public void Ports_are_those_that_the_image_listens_at()
    {
        var cluster = Compose().Cluster();
        string[] ports = [cluster.Port.ToString(CultureInfo.InvariantCulture), cluster.GatewayPort.ToString(CultureInfo.InvariantCulture)];
        Assert.Contains($"ASPNETCORE_HTTP_PORTS=8080 ", DeployFiles.Read("Dockerfile"), StringComparison.Ordinal);
        Assert.Contains($"EXPOSE 8080 {string.Join(' ', ports)}\n", DeployFiles.Read("Dockerfile"), StringComparison.Ordinal);
        foreach (var file in new[] { "kubernetes/deployment.yaml", "kubernetes/roles.yaml" })
            Assert.Equal(["8080", .. ports], ContainerPort().Matches(DeployFiles.Read(file)).Select(m => m.Groups[1].Value).Distinct());
        Assert.Contains("silo:8080", DeployFiles.Read("proxy/docker.cfg"), StringComparison.Ordinal);
        Assert.All(ports, port => Assert.Contains($"- port: {port}\n", DeployFiles.Read("kubernetes/networkpolicy.yaml"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("compose.yaml", "stop_grace_period: 150s")]
    [InlineData("systemd/postmill@.service", "TimeoutStopSec=150")]
    [InlineData("kubernetes/deployment.yaml", "terminationGracePeriodSeconds: 150")]
    [InlineData("kubernetes/roles.yaml", "terminationGracePeriodSeconds: 150")]
    public void The_end_of_a_silo_fits_the_grace_that_it_gets(string file, string grace)
    {
        var text = DeployFiles.Read(file);
        Assert.Contains(grace, text, StringComparison.Ordinal);
        if (file.StartsWith("systemd", StringComparison.Ordinal)) text = DeployFiles.Read("systemd/postmill.env.example");
        var delay = DrainDelay().Match(text);
        Assert.True(delay.Success, $"{file} leaves load balancers no time");
        using var app = Compose($"--Postmill:Http:DrainDelaySeconds={delay.Groups[1].Value}").Build();
        Assert.InRange(app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(145));
    }

    [Fact]
    public void The_example_of_settings_is_accepted_by_the_host()
    {
        var lines = (DeployFiles.Read("systemd/postmill.env.example") + DeployFiles.Read("systemd/silo-1.env.example")).Split('\n').Where(l => l.Length > 0 && l[0] != '#');
        string[] arguments = [.. lines.Select(l => l.Split('=', 2)).Where(l => l[0] != "ASPNETCORE_URLS").Select(l => $"--{l[0].Replace("__", ":", StringComparison.Ordinal)}={l[1]}")];
        Assert.Contains(arguments, a => a.StartsWith("--Postmill:Cluster:Secret=", StringComparison.Ordinal));
        // The machine of a test may have no address but loopback.
        Compose([.. arguments, "--Postmill:Cluster:AdvertisedAddress=127.0.0.1"]).CheckSettings();
    }

    [Fact]
    public void Images_are_pinned_and_secrets_are_asked_for()
    {
        var compose = DeployFiles.Read("compose.yaml");
        var images = ImageName().Matches(compose + DeployFiles.Read("Dockerfile") + DeployFiles.Read("kubernetes/roles.yaml")).Select(m => m.Groups[1].Value).ToList();
        Assert.True(images.Count >= 6, string.Join(' ', images));
        Assert.All(images, image => Assert.Matches(@":[0-9]+\.[0-9]+", image));
        Assert.Contains("${POSTMILL_CLUSTER_SECRET:?", compose, StringComparison.Ordinal);
        Assert.Contains("${POSTMILL_POSTGRES_PASSWORD:?", compose, StringComparison.Ordinal);
        Assert.Contains("\nUSER $APP_UID\n", DeployFiles.Read("Dockerfile"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_image_restores_every_project_that_the_host_is_made_of()
    {
        var sources = Path.GetFullPath(Path.Combine(DeployFiles.Root(), "..", "src"));
        var projects = Directory.GetFiles(sources, "*.csproj", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(sources, f).Replace('\\', '/')).ToList();
        Assert.True(projects.Count > 5, string.Join(' ', projects));
        Assert.All(projects, project => Assert.Contains($"COPY src/{project} src/{Path.GetDirectoryName(project)}/\n", DeployFiles.Read("Dockerfile"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_shell_script_can_be_read()
    {
        foreach (var script in DeployFiles.All().Where(f => f.EndsWith(".sh", StringComparison.Ordinal)))
        {
            using var bash = Process.Start(new ProcessStartInfo("bash", ["-n", script]) { RedirectStandardError = true })!;
            var said = await bash.StandardError.ReadToEndAsync();
            await bash.WaitForExitAsync();
            Assert.True(bash.ExitCode == 0, said);
        }
    }

    [Fact]
    public void No_yaml_is_indented_with_tabs() =>
        Assert.Equal([], DeployFiles.All().Where(f => f.EndsWith(".yaml", StringComparison.Ordinal) && File.ReadAllText(f).Contains('\t', StringComparison.Ordinal)));

    private static WebApplicationBuilder Compose(params string[] arguments) => Program.Compose(["--ConnectionStrings:Postgres=Host=nowhere.invalid", .. arguments]);

    [GeneratedRegex(@"\b(?:Postmill(?:__|:)[A-Z]\w*?(?:__|:)[A-Z][A-Za-z]*|ConnectionStrings(?:__|:)[A-Z][A-Za-z]*)")]
    private static partial Regex SettingName();

    [GeneratedRegex(@"/health/[a-z]+")]
    private static partial Regex HealthPath();

    [GeneratedRegex(@"containerPort: ([0-9]+)")]
    private static partial Regex ContainerPort();

    [GeneratedRegex("""Postmill__Http__DrainDelaySeconds(?:=|: "|\n *value: ")([0-9]+)""")]
    private static partial Regex DrainDelay();

    [GeneratedRegex(@"^ *(?:image:|FROM(?: --platform=\S+)?) (\S+)", RegexOptions.Multiline)]
    private static partial Regex ImageName();
}
