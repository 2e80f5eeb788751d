using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync;

/// <summary>One ordinary Dovecot for all tests of this process; each test has mailboxes of its own in it.</summary>
internal static class SharedDovecot
{
    private static readonly Lazy<Task<DovecotServer>> Started = new(() => DovecotServer.StartAsync());

    public static Task<DovecotServer> GetAsync() => Started.Value;
}
