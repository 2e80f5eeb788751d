using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Postmill.Host.Tests.Telemetry;

/// <summary>What listens at <c>/v1/metrics</c> and <c>/v1/traces</c>. Protocol buffers carry texts as they are, so that names can be looked for in the bytes.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _received = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly WebApplication _app;

    private Collector(WebApplication app) => _app = app;

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>The status that it answers with; null: none, it keeps the request waiting.</summary>
    public int? Status { get; set; } = 200;

    public int Count => _received.Count;

    public bool Has(params string[] names) => _received.Any(body => names.All(n => body.Contains(n, StringComparison.Ordinal)));

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var collector = new Collector(builder.Build());
        collector._app.MapPost("/v1/metrics", collector.TakeAsync);
        collector._app.MapPost("/v1/traces", collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _app.DisposeAsync();
        _ending.Dispose();
    }

    private async Task<IResult> TakeAsync(HttpRequest request)
    {
        Assert.Equal("application/x-protobuf", request.ContentType);
        using var reader = new StreamReader(request.Body, Encoding.Latin1);
        _received.Enqueue(await reader.ReadToEndAsync(_ending.Token));
        if (Status is { } status) return Results.StatusCode(status);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token, request.HttpContext.RequestAborted);
        var never = new TaskCompletionSource<IResult>();
        await using var end = either.Token.Register(() => never.TrySetResult(Results.StatusCode(503)));
        return await never.Task;
    }
}
