using Microsoft.Extensions.DependencyInjection;

namespace Postmill.Host.Tests.Live;

/// <summary>Hard case 51, with the 30 s of an installation made short.</summary>
public sealed class HeartbeatTests : IAsyncLifetime
{
    private const int Ping = 9;
    private const int Pong = 10;
    private LiveHost _host = null!;

    public async Task InitializeAsync() => _host = await LiveHost.StartAsync(("PingSeconds", "0.3"), ("PongSeconds", "2"), ("CloseSeconds", "0.3"), ("SendSeconds", "1"));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_client_that_reads_but_answers_no_ping_gets_a_ping_and_then_1001()
    {
        await using var client = await RawClient.ConnectAsync(_host);
        Assert.Equal(Ping, (await client.FrameAsync()).Opcode);
        Assert.Equal(1001, await client.CloseCodeAsync());
        await client.EndAsync();
        await _host.WaitForSocketsAsync(0);
    }

    [Fact]
    public async Task Late_unsolicited_and_odd_pongs_keep_a_client_connected()
    {
        await using var client = await RawClient.ConnectAsync(_host);
        for (var beat = 0; beat < 6; beat++)
        {
            await client.SendAsync(Pong, $"odd {beat}");
            await client.SendAsync(Pong, "");
            Assert.Equal(Ping, (await client.FrameAsync()).Opcode);
            await client.SendAsync(Pong, "not what was asked");
        }
        await _host.PublishAsync(1, 1);
        while ((await client.FrameAsync()).Opcode == Ping) await client.SendAsync(Pong, "");
        Assert.Equal(1, _host.Host.Services.GetRequiredService<Postmill.Host.Live.LiveSockets>().Count);
    }

    [Fact]
    public async Task Clients_that_vanish_are_freed_and_leave_nothing_behind()
    {
        await using var host = await LiveHost.StartAsync(("PingSeconds", "3"), ("PongSeconds", "1"), ("CloseSeconds", "0.3"), ("SendSeconds", "1"));
        var sockets = host.Host.Services.GetRequiredService<Postmill.Host.Live.LiveSockets>();
        var gone = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RawClient.ConnectAsync(host, receiveBuffer: 1024)));
        Assert.Equal(50, sockets.Count);
        // They neither read nor answer; to the server that is what a cut cable looks like.
        await host.WaitForSocketsAsync(0);
        Assert.Equal(0, host.Host.Services.GetRequiredService<Postmill.Host.Live.FeedTails>().Count);
        Assert.Equal(0, host.Host.Services.GetRequiredService<Postmill.Host.Live.KeyWatch>().Count);
        foreach (var client in gone) await client.DisposeAsync();
    }
}
