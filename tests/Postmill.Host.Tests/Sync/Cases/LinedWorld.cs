using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

/// <summary>A host of its own, with settings of its own, that reaches IMAP over a line in the test's hands.</summary>
public sealed class LinedWorld : IAsyncDisposable
{
    private LinedWorld(MailWorld world, TcpProxy line)
    {
        (World, Line) = (world, line);
        world.ImapsPort = line.Port;
    }

    public MailWorld World { get; }

    public TcpProxy Line { get; }

    /// <param name="settings">Beside <see cref="MailWorld.Unthrottled"/>.</param>
    /// <param name="own">As for <see cref="MailWorld.StartAsync"/>.</param>
    /// <param name="lineTo">The line to this server; default: under TLS.</param>
    public static async Task<LinedWorld> StartAsync(
        Dictionary<string, string> settings, DovecotOptions? own = null, Func<DovecotServer, TcpProxy>? lineTo = null, HostFixtureOptions? host = null)
    {
        var all = MailWorld.Unthrottled;
        foreach (var (name, value) in settings) all[name] = value;
        var world = await MailWorld.StartAsync(all, own, host);
        return new LinedWorld(world, lineTo?.Invoke(world.Dovecot) ?? new TcpProxy(world.Dovecot.ImapsPort));
    }

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        await Line.DisposeAsync();
    }
}
