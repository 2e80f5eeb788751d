using Postmill.Host.Tests;

namespace Postmill.Client.Tests;

/// <summary>Clients of a host in this process.</summary>
internal static class Clients
{
    /// <summary>Signed in as this user.</summary>
    public static PostmillClient Of(HostFixture host, SignedIn user, PostmillClientOptions? options = null) =>
        new(host.NewClient(), (options ?? new PostmillClientOptions()) with { Session = user.Token });

    /// <summary>Not signed in.</summary>
    public static PostmillClient Of(HostFixture host) => new(host.NewClient());
}
