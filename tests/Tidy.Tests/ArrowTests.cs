using System.Xml.Linq;

namespace Tidy.Tests;

/// <summary>Which project may know which, and what each may be built on.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, Project> Allowed = new()
    {
        ["Postmill.Mail"] = new([], ["AngleSharp", "MailKit", "Microsoft.CodeAnalysis.BannedApiAnalyzers", "MimeKit"], Framework: false),
        ["Postmill.Domain"] = new([], ["Microsoft.Orleans.Sdk"], Framework: false),
        ["Postmill.Grains"] = new(["Postmill.Domain"], ["Microsoft.Orleans.Server", "System.IO.Hashing"], Framework: true),
        ["Postmill.Adapters"] = new(["Postmill.Domain", "Postmill.Grains", "Postmill.Mail"], ["Npgsql"], Framework: true),
        ["Postmill.Client"] = new([], [], Framework: false),
        ["Postmill.Host"] = new(
            ["Postmill.Domain", "Postmill.Grains", "Postmill.Adapters", "Postmill.Mail", "Postmill.Client"],
            [
                "Microsoft.Orleans.Server", "Microsoft.Orleans.Client", "Microsoft.Orleans.Clustering.AdoNet", "Microsoft.Orleans.Persistence.AdoNet",
                "Microsoft.Orleans.Connections.Security", "Microsoft.Orleans.Dashboard",
                "Microsoft.AspNetCore.OpenApi", "Swashbuckle.AspNetCore.SwaggerUI", "System.CommandLine", "Spectre.Console", "OpenTelemetry.Exporter.OpenTelemetryProtocol", "OpenTelemetry.Extensions.Hosting", "OpenTelemetry.Instrumentation.AspNetCore",
            ],
            Framework: true),
    };

    [Fact]
    public void Src_holds_the_projects_of_the_table_and_no_other() =>
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), Repository.Files("src", "*.csproj").Select(NameOf).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Postmill.Mail")]
    [InlineData("Postmill.Domain")]
    [InlineData("Postmill.Grains")]
    [InlineData("Postmill.Adapters")]
    [InlineData("Postmill.Client")]
    [InlineData("Postmill.Host")]
    public void A_project_references_what_it_may_and_nothing_else(string name)
    {
        var may = Allowed[name];
        var project = XDocument.Parse(Repository.Read($"src/{name}/{name}.csproj"));
        Assert.Empty(Includes(project, "ProjectReference").Select(NameOf).Except(may.References));
        Assert.Empty(Includes(project, "PackageReference").Except(may.Packages));
        Assert.True(may.Framework || !project.Descendants("FrameworkReference").Any(), $"{name} references a shared framework");
    }

    [Fact]
    public void Package_versions_stand_in_one_file()
    {
        foreach (var path in Repository.Files("src", "*.csproj").Concat(Repository.Files("tests", "*.csproj")))
            Assert.True(XDocument.Parse(Repository.Read(path)).Descendants("PackageReference").All(p => p.Attribute("Version") is null), $"{path} names a version");
    }

    private static IEnumerable<string> Includes(XDocument project, string item) => project.Descendants(item).Select(e => e.Attribute("Include")!.Value);

    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));

    /// <param name="Framework">May reference a shared framework.</param>
    private sealed record Project(string[] References, string[] Packages, bool Framework);
}
