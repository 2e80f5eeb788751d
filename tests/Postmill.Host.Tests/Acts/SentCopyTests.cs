using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Postmill.Adapters.Postgres;
using Postmill.Adapters.Postgres.Acts;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Grains.Accounts;
using Postmill.Grains.Jobs;
using Postmill.Host.Tests.Jobs;
using Postmill.Host.Tests.Sync.Cases;

namespace Postmill.Host.Tests.Acts;

/// <summary>The copy of a sent mail on a real server.</summary>
public sealed class SentCopyTests
{
    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.Plain)]
    public async Task A_sent_mail_is_put_into_the_folder_for_sent_mail_once_and_is_the_same_mail_here(ServerKind kind)
    {
        await using var world = await ActWorld.StartAsync(kind);
        var email = await WriteAsync(world);
        foreach (var job in new[] { await AppendAsync(world, email), await AppendAsync(world, email) }) await world.DoneAsync(job);
        Assert.Equal(@"Sent\Seen", await world.PlacesAsync(email));
        Assert.Equal(1, await world.ServerCountAsync("Sent"));
        await world.Story.SyncAndCompareAsync();
        Assert.Equal(email, await world.IdAsync("sent by us"));

        // The store forgot; the server's own answer says that it is there.
        await world.Story.QueryAsync("DELETE FROM location USING folder f WHERE f.id = folder_id AND f.account_id = $1 AND f.name = 'Sent' RETURNING 1", row => row.GetInt32(0));
        await world.SucceededAsync(await AppendAsync(world, email));
        Assert.Equal(1, await world.ServerCountAsync("Sent"));
    }

    private static async Task<Guid> WriteAsync(ActWorld world)
    {
        using var answer = await world.Client.PostAsJsonAsync($"/api/accounts/{world.Story.Account}/emails", new
        {
            from_json = new[] { new { name = "Me", email = world.Story.Mailbox } },
            to_json = new[] { new { name = "Ann", email = "ann@example.org" } },
            subject = "sent by us",
            text_body = "Hello.",
            date = "2026-03-04T05:06:07Z",
        });
        return (await answer.JsonAsync()).GetProperty("email").GetProperty("id").GetGuid();
    }

    /// <summary>As a sender does it, in a transaction of its own.</summary>
    private static async Task<Guid> AppendAsync(ActWorld world, Guid email)
    {
        var services = world.Story.World.Host.Services;
        var account = world.Story.Account;
        var claim = (await world.Story.QueryAsync("SELECT user_id, owner, epoch FROM account WHERE id = $1", row => new Claim(account, row.GetGuid(0), row.GetString(1), row.GetInt64(2))))[0];
        var task = (await world.Story.QueryAsync(
            "INSERT INTO task (id, account_id, kind, requested_by, created_at) VALUES ($2, $1, 'append_sent', 'user', now()) RETURNING id", row => row.GetGuid(0), Guid.CreateVersion7()))[0];
        var commands = MailboxActSql.AppendSent(claim, task, email, TimeProvider.System.GetUtcNow());
        await services.GetRequiredService<Fence>().ExecuteAsync(claim, Durability.OnDisk, CancellationToken.None, [.. commands]);
        await services.GetRequiredService<JobDesk>().TellAsync(account);
        return (await world.Tenant.JobsAsync(account, $"?kind={JobKinds.AppendSent}"))[0].GetProperty("id").GetGuid();
    }
}
