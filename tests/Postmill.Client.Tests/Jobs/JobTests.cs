using System.Net;
using Postmill.Host.Tests.Sync;

namespace Postmill.Client.Tests.Jobs;

public sealed class JobTests
{
    [Fact]
    public async Task A_sync_is_a_job_that_can_be_followed()
    {
        await using var world = await MailWorld.StartAsync(MailWorld.Unthrottled);
        var account = (await world.ConnectAndSyncAsync()).ToString();
        var client = Clients.Of(world.Host, world.User);
        var enqueued = await client.Jobs.EnqueueSyncAsync(account);
        await Eventually.TrueAsync("the job succeeds", async () => (await client.Jobs.GetAsync(enqueued.JobId)).State == "succeeded", async () => (await client.Jobs.GetAsync(enqueued.JobId)).ToString());
        Assert.Contains(enqueued.JobId, await client.Jobs.ListAsync(account, new JobFilter("succeeded")).Select(job => job.Id).ToListAsync());
        Assert.Contains(enqueued.TaskId, await client.Tasks.ListAsync(account).Select(task => task.Id).ToListAsync());
        var task = await client.Tasks.GetAsync(enqueued.TaskId);
        Assert.Equal((account, enqueued.JobId), (task.AccountId, task.JobId));
        var refused = await Assert.ThrowsAsync<PostmillException>(() => client.Jobs.ResolveAsync(enqueued.JobId));
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal(enqueued.TaskId, (await client.Tasks.TriggerAsync(enqueued.TaskId)).TaskId);
        Assert.Equal("sync_mailboxes", (await client.Jobs.GetAsync((await client.Jobs.EnqueueFolderSyncAsync(account)).JobId)).Kind);
    }
}
