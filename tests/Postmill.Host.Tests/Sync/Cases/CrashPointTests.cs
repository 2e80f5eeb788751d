using Microsoft.Extensions.DependencyInjection;
using Postmill.Adapters.Postgres.Sync;
using Postmill.Grains.Sync;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

public sealed class CrashPointTests
{
    // More calls than any run of these stories makes; a story that reaches it never ends and fails.
    private const int MostCalls = 60;

    [Theory, InlineData(false), InlineData(true)]
    public async Task First_sync_broken_off_at_any_store_effect_is_completed_by_the_next_run(bool afterEffect)
    {
        var (story, store) = await StartAsync();
        await using var _ = story;
        for (var call = 1; ; call++)
        {
            Assert.InRange(call, 1, MostCalls);
            var mailbox = story.World.NewMailbox();
            await story.World.Dovecot.SeedAsync(mailbox, "INBOX", Mails.Many(5, "inbox"));
            await story.World.Dovecot.SeedAsync(mailbox, "Work", Mails.Many(3, "work"));
            store.FailAt(call, afterEffect);
            var account = await story.World.ConnectAsync(mailbox);
            await Eventually.TrueAsync($"call {call} fails or the sync ends", async () =>
                store.Failed || (await story.World.StatusAsync(account)).GetProperty("syncStatus").GetString() == "idle");
            var failed = store.Failed;
            store.Heal();
            await story.World.SyncAgainAsync(account);
            await story.World.AssertStoreEqualsServerAsync(account, mailbox);
            Assert.Empty(await story.World.EventsAsync());
            using var gone = await story.World.Client.DeleteAsync($"/api/accounts/{account}");
            gone.EnsureSuccessStatusCode();
            if (!failed) return;
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Run_broken_off_at_any_store_effect_loses_nothing_and_tells_nothing_twice(bool afterEffect)
    {
        var (story, store) = await StartAsync();
        await using var _ = story;
        foreach (var folder in new[] { "INBOX", "Work" }) await story.World.Dovecot.SeedAsync(story.World.Mailbox, folder, Mails.Many(MostCalls, folder));
        var account = await story.World.ConnectAndSyncAsync();
        var told = new List<string>();
        for (var call = 1; ; call++)
        {
            Assert.InRange(call, 1, MostCalls);
            story.Line.Cut();
            foreach (var folder in new[] { "INBOX", "Work" })
            {
                told.Add($"{folder} {call}");
                await story.World.Dovecot.DeliverAsync(story.World.Mailbox, Mails.Of($"{folder} {call}"), folder);
                await story.World.Dovecot.DoveadmAsync("expunge", "-u", story.World.Mailbox, "mailbox", folder, "1");
                await story.World.Dovecot.DoveadmAsync("flags", call % 2 == 0 ? "remove" : "add", "-u", story.World.Mailbox, @"\Flagged", "mailbox", folder, "1");
            }

            store.FailAt(call, afterEffect);
            story.Line.Mend();
            await story.World.SyncAgainAsync(account);
            var failed = store.Failed;
            store.Heal();
            await story.World.SyncAgainAsync(account);
            await story.World.AssertStoreEqualsServerAsync(account);
            Assert.Equal(told.Order(), (await story.World.EventsAsync()).Select(e => e.GetProperty("subject").GetString()!).Order());
            if (!failed) return;
        }
    }

    private static async Task<(LinedWorld Story, FaultyStore Store)> StartAsync()
    {
        FaultyStore? store = null;
        var settings = new Dictionary<string, string>
        {
            ["Postmill:Sync:BatchMails"] = "2",
            ["Postmill:Sync:ReconnectFirstSeconds"] = "0.05",
            ["Postmill:Sync:ReconnectMostSeconds"] = "0.2",
        };
        var story = await LinedWorld.StartAsync(settings, new DovecotOptions { SpecialUse = false }, host: new HostFixtureOptions
        {
            Configure = builder => builder.Services.AddSingleton<ISyncStore>(services => store ??= new FaultyStore(ActivatorUtilities.CreateInstance<SyncStore>(services))),
        });
        story.World.Host.Services.GetRequiredService<ISyncStore>();
        return (story, store!);
    }
}
