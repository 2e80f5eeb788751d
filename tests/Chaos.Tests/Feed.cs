using System.Text.Json;
using Npgsql;

namespace Chaos.Tests;

/// <summary>A user's events as a fresh client sees them.</summary>
internal static class Feed
{
    /// <summary>The last number of every user's log.</summary>
    public static async Task<Dictionary<Guid, long>> EndsAsync(NpgsqlDataSource database)
    {
        await using var select = database.CreateCommand("SELECT user_id, seq FROM feed");
        await using var row = await select.ExecuteReaderAsync();
        var ends = new Dictionary<Guid, long>();
        while (await row.ReadAsync()) ends.Add(row.GetGuid(0), row.GetInt64(1));
        return ends;
    }

    /// <summary>The whole log from a new socket, <c>?after=0</c>: numbers 1 to <paramref name="end"/> without a gap, then nothing more.</summary>
    public static async Task<IReadOnlyList<string>> ReplayAsync(Silo silo, User user, long end)
    {
        await using var client = await InboxClient.ConnectAsync(silo.Http, "/mail/ws/inbox?after=0", user.Key);
        var frames = new List<string>();
        while (frames.Count < end)
        {
            var frame = await client.NextAsync();
            frames.Add(frame);
            Assert.True(Property(frame, "seq") == $"{frames.Count}", $"frame {frames.Count} of the replay: {frame}");
        }

        await client.AssertSilentAsync();
        await client.LeaveAsync();
        return frames;
    }

    /// <summary>Text of the field, or what it would look like as text.</summary>
    public static string? Property(string frame, string name) => JsonElement.Parse(frame).TryGetProperty(name, out var value) ? value.ToString() : null;
}
