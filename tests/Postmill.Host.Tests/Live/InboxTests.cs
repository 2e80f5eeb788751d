using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Postmill.Domain.Feed;

namespace Postmill.Host.Tests.Live;

public sealed class InboxTests : IAsyncLifetime
{
    private LiveHost _host = null!;

    public async Task InitializeAsync() => _host = await LiveHost.StartAsync(("MaxSocketsPerUser", "3"));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_new_mail_arrives_as_the_page_shows_it_and_nothing_older_does()
    {
        await _host.PublishAsync(new EmailReceived("old@example.org", "before", "2026-05-27T10:15:00Z").ToJson());
        await using var client = await _host.ConnectAsync();
        await client.AssertSilentAsync();
        await _host.PublishAsync(new EmailReceived("someone@example.org", "Re: Your email", "2026-05-27T10:15:00Z").ToJson());
        Golden.AssertMatches("email_received", await client.NextAsync());
        await client.AssertSilentAsync();
        await client.LeaveAsync();
        await _host.WaitForSocketsAsync(0);
    }

    [Fact]
    public async Task Everything_published_arrives_in_order_at_every_socket_of_the_user()
    {
        await using var one = await _host.ConnectAsync();
        await using var two = await _host.ConnectAsync();
        for (var n = 0; n < 100; n += 5) await _host.PublishAsync(n, 5);
        Assert.Equal(Enumerable.Range(0, 100), await one.NumbersAsync(100));
        Assert.Equal(Enumerable.Range(0, 100), await two.NumbersAsync(100));
    }

    [Fact]
    public async Task Another_user_hears_nothing()
    {
        var other = await _host.Host.SignUpAsync();
        await using var stranger = await InboxClient.ConnectAsync(_host.Host.Address, "/mail/ws/inbox", await HostFixture.NewKeyAsync(other, "read"));
        await using var client = await _host.ConnectAsync();
        await _host.PublishAsync(1, 1);
        Assert.Equal([1], await client.NumbersAsync(1));
        await stranger.AssertSilentAsync();
    }

    [Fact]
    public async Task The_key_may_stand_in_the_query_the_path_has_an_alias_and_the_header_wins()
    {
        await using var alias = await InboxClient.ConnectAsync(_host.Host.Address, $"/ws/inbox?token={_host.Key}", null);
        await alias.AssertSilentAsync();
        await using var header = await InboxClient.ConnectAsync(_host.Host.Address, "/mail/ws/inbox?token=msk_wrong", _host.Key);
        await header.AssertSilentAsync();
        await using var wrong = await InboxClient.ConnectAsync(_host.Host.Address, $"/mail/ws/inbox?token={_host.Key}", "msk_wrong");
        Assert.Equal(4401, await wrong.ClosedAsync());
    }

    [Fact]
    public async Task A_ping_as_text_is_answered_and_any_other_text_is_not()
    {
        await using var client = await _host.ConnectAsync();
        foreach (var text in new[] { "hello", "{}", "[1]", """{"type":"pong"}""", """{"x":{"type":"ping"}}""", """{"type":"ping" """, new string('x', 5_000) }) await client.SayAsync(text);
        await client.SayAsync("""{"id":7,"type":"ping","more":[{"type":"x"}]}""");
        Assert.Equal("""{"type":"pong"}""", await client.NextAsync());
        await client.AssertSilentAsync();
    }

    [Fact]
    public async Task A_key_without_the_scope_is_closed_with_4403()
    {
        await using var client = await InboxClient.ConnectAsync(_host.Host.Address, "/mail/ws/inbox", await HostFixture.NewKeyAsync(_host.User, "send"));
        Assert.Equal(4403, await client.ClosedAsync());
    }

    [Fact]
    public async Task A_request_that_is_no_websocket_is_told_to_upgrade()
    {
        using var answer = await _host.Host.NewClient(_host.Key).GetAsync("/mail/ws/inbox");
        await answer.AssertErrorAsync(HttpStatusCode.UpgradeRequired, "upgrade_required");
        Assert.Equal("websocket", answer.Headers.Upgrade.Single().Name);
    }

    [Fact]
    public async Task Too_many_sockets_of_one_user_are_refused_before_the_upgrade_and_a_freed_one_makes_room()
    {
        await using var one = await _host.ConnectAsync();
        await using var two = await _host.ConnectAsync();
        await using var three = await _host.ConnectAsync();
        await AssertRefusedAsync("/mail/ws/inbox", HttpStatusCode.TooManyRequests);
        await two.LeaveAsync();
        await _host.WaitForSocketsAsync(2);
        await using var again = await _host.ConnectAsync();
        await again.AssertSilentAsync();
    }

    [Fact]
    public async Task Http2_opens_it_by_extended_connect()
    {
        await using var second = await HostFixture.StartAsync(new HostFixtureOptions
        {
            ConnectionString = _host.Host.ConnectionString,
            Settings = new Dictionary<string, string> { ["Kestrel:EndpointDefaults:Protocols"] = "Http2" },
        });
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        var socket = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };
        socket.Options.SetRequestHeader("Authorization", $"Bearer {_host.Key}");
        using var patience = new CancellationTokenSource(LiveHost.Patience);
        await socket.ConnectAsync(new Uri($"ws://{second.Address.Authority}/mail/ws/inbox?after=0"), invoker, patience.Token);
        await using var client = new InboxClient(socket);
        await _host.PublishAsync(1, 1);
        Assert.Equal([1], await client.NumbersAsync(1));
        await client.LeaveAsync();
    }

    [Fact]
    public void Strangers_fill_only_a_share_of_the_seats()
    {
        var settings = new Postmill.Host.Live.LiveSettings { MaxSockets = 20, MaxSocketsPerUser = 50 };
        var sockets = ActivatorUtilities.CreateInstance<Postmill.Host.Live.LiveSockets>(_host.Host.Services, settings);
        var strangers = new List<Postmill.Host.Live.LiveSeat>();
        while (sockets.Take(null) is { Seat: { } seat }) strangers.Add(seat);
        Assert.Equal(3, strangers.Count);
        var user = Guid.NewGuid();
        for (var seat = 3; seat < 20; seat++) Assert.NotNull(sockets.Take(user).Seat);
        Assert.Equal(Postmill.Host.Live.LiveRefusal.SiloFull, sockets.Take(user).Refusal);
        strangers[0].Dispose();
        Assert.NotNull(sockets.Take(null).Seat);
    }

    // Hard case 55, what is no number.
    [Theory]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    public Task An_after_that_is_no_number_is_refused_before_the_upgrade(string after) => AssertRefusedAsync($"/mail/ws/inbox?after={after}", HttpStatusCode.BadRequest);

    // Hard case 59, second half.
    [Fact]
    public async Task A_page_of_another_site_cannot_use_the_session_of_its_visitor()
    {
        await AssertRefusedAsync("/mail/ws/inbox", HttpStatusCode.Forbidden, key: null, socket =>
        {
            socket.Options.SetRequestHeader("Origin", "https://evil.example");
            socket.Options.SetRequestHeader("Cookie", $"sb-access-token={_host.User.Token}");
        });
        await using var withKey = await InboxClient.ConnectAsync(
            _host.Host.Address, $"/mail/ws/inbox?token={_host.Key}", null, socket => socket.Options.SetRequestHeader("Origin", "https://app.example"));
        await withKey.AssertSilentAsync();
    }

    // Hard case 59, first half.
    [Fact]
    public async Task The_token_of_the_query_is_in_no_log_whatever_happens()
    {
        await using (var good = await InboxClient.ConnectAsync(_host.Host.Address, $"/mail/ws/inbox?token={_host.Key}", null)) await good.LeaveAsync();
        await using (var bad = await InboxClient.ConnectAsync(_host.Host.Address, $"/mail/ws/inbox?after=3&token={_host.Key}x", null)) await bad.ClosedAsync();
        await AssertRefusedAsync($"/mail/ws/inbox?token={_host.Key}&after=x", HttpStatusCode.BadRequest, key: null);
        await _host.WaitForSocketsAsync(0);
        Assert.NotEmpty(_host.Host.Logs.Lines);
        Assert.DoesNotContain(_host.Host.Logs.Lines, line => line.Contains(_host.Key, StringComparison.Ordinal));
    }

    private Task AssertRefusedAsync(string path, HttpStatusCode status) => AssertRefusedAsync(path, status, _host.Key);

    private async Task AssertRefusedAsync(string path, HttpStatusCode status, string? key, Action<ClientWebSocket>? configure = null)
    {
        ClientWebSocket? socket = null;
        await Assert.ThrowsAsync<WebSocketException>(() => InboxClient.ConnectAsync(_host.Host.Address, path, key, made =>
        {
            socket = made;
            configure?.Invoke(made);
        }));
        Assert.Equal(status, socket!.HttpStatusCode);
        socket.Dispose();
    }
}
