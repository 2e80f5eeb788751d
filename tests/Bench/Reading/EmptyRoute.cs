using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postmill.Testing.Servers;

namespace Postmill.Bench.Reading;

/// <summary>What no route over HTTP can be faster than: a minimal API whose one route answers nothing, in a process of its own as the host is.</summary>
internal sealed class EmptyRoute : IAsyncDisposable
{
    public const string Verb = "empty-route";

    private const string Announcement = "listens at ";
    private readonly ChildProcess _process;

    private EmptyRoute(ChildProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapGet("/", () => Results.Ok());
        await app.StartAsync();
        Console.WriteLine(Announcement + app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        await app.WaitForShutdownAsync();
        return 0;
    }

    public static async Task<EmptyRoute> StartAsync()
    {
        var process = ChildProcess.Start(
            ["dotnet", "exec", typeof(EmptyRoute).Assembly.Location, Verb], Path.Combine(TestWorkspace.NewDirectory(Verb), string.Create(CultureInfo.InvariantCulture, $"{Verb}.log")));
        var line = await process.WaitForLineAsync("the empty route listens", l => l.Contains(Announcement, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        return new EmptyRoute(process, new Uri(line[(line.IndexOf(Announcement, StringComparison.Ordinal) + Announcement.Length)..].Trim()));
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
