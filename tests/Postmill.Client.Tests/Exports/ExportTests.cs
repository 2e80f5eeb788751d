using System.Text;
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
        await Eventually.TrueAsync("the export is ready", async () => (await client.Exports.GetAsync(asked.ExportId)).State == "succeeded");
        var export = await client.Exports.GetAsync(asked.ExportId);
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

    private static async Task<byte[]> BytesAsync(EmailContent content)
    {
        var bytes = new MemoryStream();
        await content.Stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
