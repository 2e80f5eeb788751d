using System.Security.Cryptography;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

public sealed class CopiesTests
{
    // A message has one moment of arrival, also when the server gives each copy its own.
    private static readonly DateTimeOffset Yesterday = new(2026, 1, 14, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Doubled_missing_and_monstrous_message_ids_lose_no_copy()
    {
        await using var story = await CaseWorld.StartAsync();
        var same = Mails.Of("the same twice", "<twice@example.net>");
        // Neither an index of the database nor its compression may trip over these.
        var random = Convert.ToHexString(RandomNumberGenerator.GetBytes(5_000));
        var wide = string.Concat(RandomNumberGenerator.GetItems<char>([.. Enumerable.Range(0x4E00, 5_000).Select(c => (char)c)], 990));
        var mails = new[]
        {
            same, same,
            Mails.Of("first of one id", "<one@example.net>"),
            Mails.Of("second of one id", "<one@example.net>"),
            Mails.Of("10 kB", $"<{random}@example.net>"),
            Mails.Of("10 kB", $"<{random}@example.net>", body: "Other content, same id."),
            Mails.Of("990 wide letters", $"<{wide}@example.net>"),
            Mails.Of("folded id", $"<{random[..900]}\r\n {random[900..1800]}@example.net>"),
            Mails.Raw("From: a@example.net\r\nSubject: no id\r\n\r\nOne.\r\n"),
            Mails.Raw("From: a@example.net\r\nSubject: no id\r\n\r\nTwo.\r\n"),
            Mails.Raw("Message-ID:\r\nSubject: empty id\r\n\r\nThree.\r\n"),
            Mails.Raw("Message-ID: <a@b> <c@d>\r\nMessage-ID: <e@f>\r\nSubject: many ids\r\n\r\nFour.\r\n"),
        };
        await story.World.Dovecot.SeedAsync(story.Mailbox, "INBOX", mails.Select(raw => new SeedMail(raw, Yesterday)));
        await story.SeedAsync("Work", 3);
        await story.ConnectAndSyncAsync();
        await story.World.AssertStoreEqualsServerAsync(story.Account);

        var twice = await story.PlacesAsync("the same twice");
        Assert.Equal(2, twice.Count);
        Assert.Equal(twice[0].Id, twice[1].Id);
        foreach (var subject in new[] { "10 kB", "no id" })
        {
            var places = await story.PlacesAsync(subject);
            Assert.Equal(2, places.Select(p => p.Id).Distinct().Count());
        }

        Assert.Equal(11 + 3, (await story.IdsAsync()).Count);
    }

    [Fact]
    public async Task One_of_two_equal_copies_can_go()
    {
        await using var story = await CaseWorld.StartAsync();
        var same = Mails.Of("equal");
        await story.World.Dovecot.SeedAsync(story.Mailbox, "INBOX", new[] { new SeedMail(same, Yesterday), new SeedMail(same, Yesterday) });
        await story.ConnectAndSyncAsync();
        await story.WhileAwayAsync(() => story.ExpungeAsync("INBOX", "1"));
        await story.SyncAndCompareAsync();
        Assert.Equal(2, Assert.Single(await story.PlacesAsync("equal")).Uid);
    }

    [Fact]
    public async Task Equal_content_that_arrives_again_is_one_message_and_one_event()
    {
        await using var story = await CaseWorld.StartAsync();
        await story.ConnectAndSyncAsync();
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        var copy = new SeedMail(Mails.Of("sent to two lists"), now);
        await story.World.Dovecot.SeedAsync(story.Mailbox, "INBOX", new[] { copy, copy });
        await story.World.Dovecot.SeedAsync(story.Mailbox, "Work", new[] { copy });
        await story.SyncAndCompareAsync();
        Assert.Equal(3, (await story.PlacesAsync("sent to two lists")).Count);
        Assert.Single(await story.NewsAsync());
    }
}
