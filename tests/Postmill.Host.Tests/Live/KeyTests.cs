using System.Net.Http.Json;

namespace Postmill.Host.Tests.Live;

/// <summary>Hard case 52.</summary>
public sealed class KeyTests : IAsyncLifetime
{
    private LiveHost _host = null!;

    public async Task InitializeAsync() => _host = await LiveHost.StartAsync(("KeyCheckSeconds", "0.2"));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("msk_")]
    [InlineData("msk_0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Without_a_good_key_the_socket_is_accepted_and_closed_with_4401(string? key)
    {
        await using var client = await InboxClient.ConnectAsync(_host.Host.Address, "/mail/ws/inbox", key);
        Assert.Equal(4401, await client.ClosedAsync());
    }

    [Fact]
    public async Task A_session_is_no_key()
    {
        await using var client = await InboxClient.ConnectAsync(_host.Host.Address, "/mail/ws/inbox", _host.User.Token);
        Assert.Equal(4401, await client.ClosedAsync());
    }

    [Fact]
    public async Task A_client_without_a_key_that_stays_silent_is_gone_within_five_seconds()
    {
        var began = TimeProvider.System.GetTimestamp();
        await using var silent = await RawClient.ConnectAsync(_host, key: "msk_nobody");
        Assert.Equal(4401, await silent.CloseCodeAsync());
        await silent.EndAsync();
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Revoking_a_key_closes_its_sockets_with_4401_and_no_others()
    {
        var (id, key) = await NewKeyAsync(_host, expiresAt: null);
        await using var one = await InboxClient.ConnectAsync(_host.Host.Address, "/mail/ws/inbox", key);
        await using var two = await InboxClient.ConnectAsync(_host.Host.Address, "/mail/ws/inbox", key);
        await using var other = await _host.ConnectAsync();
        await one.AssertSilentAsync();
        using var revoked = await _host.User.Client.DeleteAsync($"/api/v1/keys/{id}");
        Assert.True(revoked.IsSuccessStatusCode);
        Assert.Equal(4401, await one.ClosedAsync());
        Assert.Equal(4401, await two.ClosedAsync());
        await other.AssertSilentAsync();
    }

    [Fact]
    public async Task A_key_that_expires_closes_its_socket_at_that_moment_and_not_at_the_next_round()
    {
        await using var patient = await LiveHost.StartAsync(("KeyCheckSeconds", "3600"));
        var expiry = TimeProvider.System.GetUtcNow().AddSeconds(3);
        var (_, key) = await NewKeyAsync(patient, expiry);
        await using var client = await InboxClient.ConnectAsync(patient.Host.Address, "/mail/ws/inbox", key);
        await client.AssertSilentAsync();
        Assert.Equal(4401, await client.ClosedAsync());
        Assert.True(TimeProvider.System.GetUtcNow() >= expiry.AddMilliseconds(-50), "closed before the key expired");
        await using var late = await InboxClient.ConnectAsync(patient.Host.Address, "/mail/ws/inbox", key);
        Assert.Equal(4401, await late.ClosedAsync());
    }

    private static async Task<(string Id, string Key)> NewKeyAsync(LiveHost host, DateTimeOffset? expiresAt)
    {
        using var answer = await host.User.Client.PostAsJsonAsync("/api/v1/keys", new { name = "short", scopes = new[] { "read" }, expires_at = expiresAt });
        var key = (await answer.JsonAsync()).GetProperty("key");
        return (key.GetProperty("id").GetString()!, key.GetProperty("key").GetString()!);
    }
}
