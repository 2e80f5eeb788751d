using Postmill.Host.Tests.Sync;

namespace Postmill.Host.Tests.Accounts;

/// <summary>One host with the defaults of the public page, and the shared mail server, for all tests of a class; each test is a tenant of it.</summary>
public class TenantWorld : IAsyncLifetime
{
    private MailWorld? _world;

    public MailWorld World => _world ?? throw new InvalidOperationException("not started");

    public HostFixture Host => World.Host;

    protected virtual IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>();

    public async Task InitializeAsync() => _world = await MailWorld.StartAsync(Settings);

    public async Task DisposeAsync()
    {
        if (_world is not null) await _world.DisposeAsync();
    }

    public async Task<Tenant> NewTenantAsync(string? role = null)
    {
        var user = await Host.SignUpAsync();
        if (role is not null) await Host.SetRoleAsync(user.UserId, role);
        return new Tenant(World, user);
    }
}
