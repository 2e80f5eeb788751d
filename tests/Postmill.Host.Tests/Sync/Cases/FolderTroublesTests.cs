using Microsoft.Extensions.DependencyInjection;
using Postmill.Host.Tests.SyncApi;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

/// <summary>A folder whose answers end the connection, in an account whose other folders are whole.</summary>
public sealed class FolderTroublesTests
{
    private static readonly TimeSpan Rest = TimeSpan.FromHours(1);

    private readonly CalendarClock _clock = new(TimeProvider.System.GetUtcNow());
    private volatile bool _isBroken = true;
    private volatile bool _isOpening;
    private int _opened;
    private int _logins;

    [Fact]
    public async Task Folder_that_ends_connections_is_parked_and_asked_again_after_its_rest()
    {
        await using var story = await LinedWorld.StartAsync(
            [],
            lineTo: dovecot => new TcpProxy(dovecot.ImapPort) { FromClient = Heard, FromServer = Said },
            host: new HostFixtureOptions { Configure = builder => builder.Services.AddSingleton<TimeProvider>(_clock) });
        var world = story.World;
        world.ImapTls = "none";
        foreach (var folder in new[] { "INBOX", "Broken", "Whole" }) await world.Dovecot.SeedAsync(world.Mailbox, folder, Mails.Many(5, folder));

        var account = await world.ConnectAsync();
        await world.SyncAgainAsync(account);
        Assert.NotNull(await world.ParkedReasonAsync(account, "Broken"));
        Assert.Null(await world.ParkedReasonAsync(account, "Whole"));
        var stored = (await StoredMailbox.ReadAsync(world.Host.ConnectionString, account)).Select(place => place.Folder).Order(StringComparer.Ordinal);
        Assert.Equal([.. Enumerable.Repeat("INBOX", 5), .. Enumerable.Repeat("Whole", 5)], stored);
        Assert.Equal(2, _opened);
        // The check of the account, the two that the folder ended, the one that goes on, and one that watches.
        Assert.InRange(_logins, 3, 5);

        // It rests, whatever is asked meanwhile, and costs no connection.
        var logins = _logins;
        _clock.Turn(Rest - TimeSpan.FromMinutes(1));
        for (var again = 0; again < 5; again++) await world.SyncAgainAsync(account);
        Assert.Equal(2, _opened);
        Assert.InRange(_logins, logins, logins + 1);

        // One try for each rest.
        _clock.Turn(TimeSpan.FromMinutes(1));
        for (var again = 0; again < 5; again++) await world.SyncAgainAsync(account);
        Assert.Equal(3, _opened);
        Assert.NotNull(await world.ParkedReasonAsync(account, "Broken"));

        _isBroken = false;
        _clock.Turn(Rest);
        await world.SyncAgainAsync(account);
        Assert.Null(await world.ParkedReasonAsync(account, "Broken"));
        await world.AssertStoreEqualsServerAsync(account);
    }

    private string Heard(string text)
    {
        if (text.Contains("LOGIN ", StringComparison.Ordinal) || text.Contains("AUTHENTICATE ", StringComparison.Ordinal)) Interlocked.Increment(ref _logins);
        if (text.Contains("EXAMINE ", StringComparison.Ordinal)) _isOpening = text.Contains("EXAMINE Broken", StringComparison.Ordinal);
        return text;
    }

    private string Said(string text)
    {
        if (!_isBroken || !_isOpening) return text;
        _isOpening = false;
        Interlocked.Increment(ref _opened);
        return "* 1 FETCH (FLAGS {x}\r\n" + text;
    }
}
