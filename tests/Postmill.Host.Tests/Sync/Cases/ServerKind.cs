using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

/// <summary>How much a server tells of what changed; the three ways a folder is followed.</summary>
public enum ServerKind { QResync, CondStore, Plain }

/// <summary>One Dovecot of each kind for all tests of this process; each test has a mailbox of its own in it.</summary>
internal static class CaseServers
{
    private static readonly Lazy<Task<DovecotServer>> CondStore = Lazily("QRESYNC");
    private static readonly Lazy<Task<DovecotServer>> Plain = Lazily("QRESYNC", "CONDSTORE", "ESEARCH", "LIST-STATUS");

    public static Task<DovecotServer> GetAsync(ServerKind kind) => kind switch
    {
        ServerKind.QResync => SharedDovecot.GetAsync(),
        ServerKind.CondStore => CondStore.Value,
        ServerKind.Plain => Plain.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static Lazy<Task<DovecotServer>> Lazily(params string[] without) => new(() => DovecotServer.StartAsync(new DovecotOptions { Without = without }));
}
