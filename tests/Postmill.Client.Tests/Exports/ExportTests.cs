using System.Text;
using Postmill.Client.Tests.Http;
using Postmill.Host.Tests.Messages;

namespace Postmill.Client.Tests.Exports;

public sealed class ExportTests(MailHost mail) : IClassFixture<MailHost>
{
    [Fact]
    public async Task An_export_is_asked_for_followed_downloaded_in_two_pieces_and_deleted()
    {
        var user = await mail.Host.SignUpAsync();
        var account = (await mail.NewAccountAsync(user)).ToString();
        for (var i = 0; i < 3; i++) await mail.StoreAsync(Guid.Parse(account), MailHost.Note($"n{i}"), MailHost.Noon.AddMinutes(i), []);
        var client = Clients.Of(mail.Host, user);
        var asked = await client.Exports.CreateAsync(account, "mbox", new EmailFilter { After = MailHost.Noon }, "mine");
        Assert.Equal(asked, await client.Exports.CreateAsync(account, "mbox", new EmailFilter { After = MailHost.Noon }, "mine"));
        var export = await client.Exports.FollowAsync(asked.ExportId).LastAsync();
        Assert.True(export is { IsReady: true, IsOpen: false });
        Assert.Equal((2L, 2L, asked.JobId), (export.Messages!.Value, export.Progress!.Done, export.JobId));
        Assert.Equal(export.Progress, (await client.Jobs.GetAsync(asked.JobId)).Progress);
        Assert.Equal([export.Id], await client.Exports.ListAsync(account).Select(one => one.Id).ToListAsync());

        await using var whole = await client.Exports.OpenAsync(export.Id);
        await using var rest = await client.Exports.OpenAsync(export.Id, offset: 100);
        var (octets, behind) = (await BytesAsync(whole), await BytesAsync(rest));
        Assert.Equal(("application/mbox", export.Size), (whole.ContentType, whole.Length));
        Assert.Equal(octets[100..], behind);
        Assert.StartsWith("From ann@example.org ", Encoding.ASCII.GetString(octets), StringComparison.Ordinal);

        await client.Exports.DeleteAsync(export.Id);
        var gone = await Assert.ThrowsAsync<PostmillException>(() => client.Exports.GetAsync(export.Id));
        Assert.Equal("export_not_found", gone.Code);
    }

    [Fact]
    public async Task It_is_told_of_each_change_once_and_a_line_that_breaks_is_sat_out()
    {
        await using var server = ScriptedServer.Start(
            Scripted.Export("queued"), Scripted.Export("running", 1), Scripted.Export("running", 1), Scripted.Cut, Scripted.Export("running", 2),
            Scripted.Export("succeeded", 2));
        var seen = await new PostmillClient(server.Http).Exports.FollowAsync("e").Select(export => $"{export.State} {export.Progress?.Done}").ToListAsync();
        Assert.Equal(["queued ", "running 1", "running 2", "succeeded 2"], seen);
        Assert.Equal(6, server.Requests.Count);
    }

    [Fact]
    public async Task A_service_that_stays_away_is_given_up()
    {
        await using var server = ScriptedServer.Start(Scripted.Export("running"), Scripted.Cut);
        var clock = new ManualClock();
        var following = Assert.ThrowsAsync<PostmillException>(
            async () => await new PostmillClient(server.Http, new PostmillClientOptions { Clock = clock }).Exports.FollowAsync("e").LastAsync());
        await Eventually.TrueAsync("it is given up", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(following.IsCompleted);
        });
        Assert.Equal("connection_lost", (await following).Code);
        Assert.Equal(2 + ClientLimits.ResumesWithoutProgress, server.Requests.Count);
    }

    private static async Task<byte[]> BytesAsync(EmailContent content)
    {
        var bytes = new MemoryStream();
        await content.Stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
