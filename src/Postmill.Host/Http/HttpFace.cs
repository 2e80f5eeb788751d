using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Postmill.Host.Http.Rates;
using Postmill.Host.Settings;

namespace Postmill.Host.Http;

/// <summary>The HTTP shell: server limits, JSON, errors.</summary>
internal static class HttpFace
{
    private const string DefaultUrl = "http://127.0.0.1:8080";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>What the stages of the end may take beside the two settings (51 s), and a little for the services after them. With the largest settings all of it is 150 s.</summary>
    private static readonly TimeSpan SiloDrain = TimeSpan.FromSeconds(55);

    private static readonly string[] UrlKeys = ["urls", "http_ports", "https_ports"];

    public static void AddHttp(this WebApplicationBuilder builder)
    {
        var settings = builder.AddSettings<HttpSettings>("Http");
        var proxies = ParseProxies(builder, settings);
        if (UrlKeys.All(k => string.IsNullOrEmpty(builder.Configuration[k])) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
            builder.WebHost.UseUrls(DefaultUrl);
        builder.WebHost.ConfigureKestrel(kestrel => Limit(kestrel, settings));
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(settings.DrainDelaySeconds + settings.DrainTimeoutSeconds) + SiloDrain);
        builder.Services.ConfigureHttpJsonOptions(o => ApiJson.Configure(o.SerializerOptions));
        builder.Services.AddSingleton<RateLimits>();
        builder.Services.AddSingleton<IHttpContextFactory, TokenHidingContextFactory>();
        builder.Services.Configure<ForwardedHeadersOptions>(o =>
        {
            o.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            o.KnownIPNetworks.Clear();
            o.KnownProxies.Clear();
            foreach (var proxy in proxies) o.KnownIPNetworks.Add(proxy);
        });
    }

    /// <summary>First in the pipeline. Ends with routing, so that what follows knows the route.</summary>
    public static void UseHttp(this WebApplication app)
    {
        if (app.Services.GetRequiredService<HttpSettings>().TrustedProxies.Length > 0) app.UseForwardedHeaders();
        app.Use(RequestBytes.DropRestAsync);
        app.UseMiddleware<Edge>();
        app.UseMiddleware<Aliases>();
        app.UseMiddleware<HeadOfGet>();
        app.UseRouting();
        app.Use(HeadOfGet.RestoreAsync);
    }

    private static void Limit(KestrelServerOptions kestrel, HttpSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = settings.MaxBodyBytes;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(settings.MinBodyBytesPerSecond, Grace);
        kestrel.Limits.MinResponseDataRate = new MinDataRate(settings.MinAnswerBytesPerSecond, Grace);
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(settings.HeadersTimeoutSeconds);
        kestrel.Limits.MaxConcurrentConnections = settings.MaxConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = settings.MaxConnections;
    }

    private static List<System.Net.IPNetwork> ParseProxies(WebApplicationBuilder builder, HttpSettings settings)
    {
        var proxies = new List<System.Net.IPNetwork>();
        foreach (var text in settings.TrustedProxies.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (IPAddress.TryParse(text, out var address)) proxies.Add(new(address, address.GetAddressBytes().Length * 8));
            else if (System.Net.IPNetwork.TryParse(text, out var network)) proxies.Add(network);
            else builder.RefuseSetting("Http", nameof(HttpSettings.TrustedProxies), text, "IP addresses and networks (10.0.0.0/8), separated by commas");
        }
        return proxies;
    }
}
