using System.Globalization;
using System.Text.Json;
using Postmill.Adapters.Postgres.Feed;
using Postmill.Adapters.Tests.Accounts;

namespace Postmill.Adapters.Tests.Sync;

/// <summary>What the log of a user says about who wrote: each event's subject names epoch and owner of its writer.</summary>
internal static class FenceFeed
{
    public static async Task AssertAsync(AccountDatabase database, Guid user, int accepted)
    {
        var events = await new PostgresFeedLog(database.Source).ReadAsync(user, 0, 10_000, CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, accepted).Select(n => (long)n), events.Select(e => e.Seq));
        var writers = events.Select(e => Writer(e.Json)).ToList();
        Assert.Equal(writers.Select(w => w.Epoch).Order(), writers.Select(w => w.Epoch));
        Assert.All(writers.GroupBy(w => w.Epoch), epoch => Assert.Single(epoch.Select(w => w.Owner).Distinct()));
    }

    private static (long Epoch, string Owner) Writer(string json)
    {
        using var parsed = JsonDocument.Parse(json);
        var words = parsed.RootElement.GetProperty("subject").GetString()!.Split(' ');
        return (long.Parse(words[0], CultureInfo.InvariantCulture), words[1]);
    }
}
