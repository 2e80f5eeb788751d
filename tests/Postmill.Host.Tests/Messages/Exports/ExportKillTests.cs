using System.IO.Compression;
using Postmill.Adapters.Postgres.Messages.Exporting;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Messages.Exports;

/// <summary>Real processes: the one that makes an export is killed with SIGKILL in the middle, and another one goes on.</summary>
public sealed class ExportKillTests
{
    [Fact]
    public async Task Killed_in_the_middle_and_started_again_the_export_has_every_mail_once()
    {
        var mail = new MailHost { Options = new HostFixtureOptions { Configure = WithoutRunner } };
        await mail.InitializeAsync();
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        var ids = new List<Guid>();
        for (var i = 0; i < 300; i++) ids.Add(await mail.StoreAsync(account, MailHost.Note($"n{i}"), MailHost.Noon.AddSeconds(i), []));
        var export = await user.ExportAsync(account, "zip");
        await mail.Host.StopAsync();

        // Somebody writes the 200th mail for as long as it takes: the run lists 128 mails and waits.
        await using (var held = await mail.Database.OpenConnectionAsync())
        await using (var transaction = await held.BeginTransactionAsync())
        {
            await using var hold = held.CreateCommand();
            hold.CommandText = "SELECT 1 FROM message WHERE id = $1 FOR NO KEY UPDATE";
            hold.Parameters.Add(new() { Value = ids[200] });
            await hold.ExecuteNonQueryAsync();
            await using var first = await StartAsync(mail);
            await Eventually.TrueAsync("the first 128 mails are listed", async () => await mail.ScalarAsync("SELECT mails FROM export") is 128L);
            await first.KillAsync();
        }

        await using var second = await StartAsync(mail);
        using var client = new HttpClient { BaseAddress = second.Address, DefaultRequestHeaders = { { "Authorization", $"Bearer {user.Token}" } } };
        var there = user with { Client = client };
        await there.UntilExportAsync(export, "succeeded");
        using var zip = new ZipArchive(new MemoryStream(await client.GetByteArrayAsync($"/api/exports/{export}/content")));
        Assert.Equal(ids.Select(id => $"{id:N}.eml"), zip.Entries.Select(e => e.FullName.Split('-')[^1]));
        Assert.Equal(2, await mail.ScalarAsync("SELECT attempt_count FROM job WHERE kind = 'export_messages'"));
        await mail.DisposeAsync();
    }

    private static Task<HostProcess> StartAsync(MailHost mail) => HostProcess.StartAsync(new HostOptions(mail.Host.ConnectionString)
    {
        Environment = new Dictionary<string, string?> { ["Postmill__Exports__LeaseSeconds"] = "2", ["Postmill__Exports__SweepSeconds"] = "0.2" },
    });

    private static void WithoutRunner(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder) =>
        builder.Services.Remove(builder.Services.Single(s => s.ImplementationType == typeof(ExportRunner)));
}
