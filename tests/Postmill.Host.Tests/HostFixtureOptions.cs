using Microsoft.AspNetCore.Builder;

namespace Postmill.Host.Tests;

public sealed record HostFixtureOptions
{
    /// <summary>Default: a fresh, migrated database.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Settings as on the command line, for example <c>Postmill:Access:OpenSignUp</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Last word on the services, for example a <c>TimeProvider</c> (added here, it wins).</summary>
    public Action<WebApplicationBuilder>? Configure { get; init; }

    /// <summary>More routes, for tests of the shell around them.</summary>
    public Action<WebApplication>? Map { get; init; }

    /// <summary>Just before the start, for tests that look at the host while it starts.</summary>
    public Action<WebApplication>? Starting { get; init; }
}
