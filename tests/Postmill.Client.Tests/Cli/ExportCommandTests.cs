using System.IO.Compression;
using System.Text.Json;
using Postmill.Host.Tests;
using Postmill.Host.Tests.Messages;

namespace Postmill.Client.Tests.Cli;

public sealed class ExportCommandTests(MailHost mail) : IClassFixture<MailHost>
{
    [Fact]
    public async Task An_accounts_mail_becomes_a_file_here_and_the_service_keeps_none()
    {
        var (user, shell, account) = await NewAsync();
        var path = Path.Combine(shell.Home, "mine.mbox");
        var output = await shell.OutputAsync("export", account, "--output", path);
        Assert.Equal($"exported 3 mails to {path}, {new FileInfo(path).Length} bytes\n", output);
        Assert.Equal(3, (await File.ReadAllLinesAsync(path)).Count(line => line.StartsWith("From ", StringComparison.Ordinal)));
        Assert.Equal(["mine.mbox"], Directory.EnumerateFiles(shell.Home).Select(Path.GetFileName));
        Assert.Empty(await Clients.Of(mail.Host, user).Exports.ListAsync(account).ToListAsync());
    }

    [Fact]
    public async Task Of_one_folder_as_a_zip_with_json_and_kept()
    {
        var (user, shell, account) = await NewAsync();
        var path = Path.Combine(shell.Home, "work.zip");
        var said = JsonElement.Parse(await shell.OutputAsync("export", account, "--format", "zip", "--folder", "Work", "-o", path, "--keep", "--json"));
        Assert.Equal((path, 1L, new FileInfo(path).Length), (said.GetProperty("path").GetString(), said.GetProperty("messages").GetInt64(), said.GetProperty("size").GetInt64()));
        await using (var zip = await ZipFile.OpenReadAsync(path)) Assert.Single(zip.Entries);
        var kept = Assert.Single(await Clients.Of(mail.Host, user).Exports.ListAsync(account).ToListAsync());
        Assert.Equal(said.GetProperty("export_id").GetString(), kept.Id);
    }

    [Fact]
    public async Task What_is_there_already_stays_unless_it_may_be_replaced_and_nothing_is_made_for_it()
    {
        var (user, shell, account) = await NewAsync();
        var path = Path.Combine(shell.Home, "mine.mbox");
        await File.WriteAllTextAsync(path, "mine");
        var (code, output, error) = await shell.RunAsync("export", account, "-o", path);
        Assert.Equal((1, "", $"postmill: {path} is there already; --force replaces it\n"), (code, output, error));
        var nowhere = Path.Combine(shell.Home, "nowhere", "mine.mbox");
        Assert.Equal((1, "", $"postmill: the directory of {nowhere} is not there\n"), await shell.RunAsync("export", account, "-o", nowhere));
        Assert.Equal("mine", await File.ReadAllTextAsync(path));
        Assert.Empty(await Clients.Of(mail.Host, user).Exports.ListAsync(account).ToListAsync());
        await shell.OutputAsync("export", account, "-o", path, "--force");
        Assert.StartsWith("From ", await File.ReadAllTextAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_cut_download_left_is_not_fetched_again()
    {
        var (user, shell, account) = await NewAsync();
        var client = Clients.Of(mail.Host, user);
        var id = (await client.Exports.CreateAsync(account, "mbox")).ExportId;
        await client.Exports.FollowAsync(id).LastAsync();
        Assert.Equal("", await shell.OutputAsync("export", "--resume", id, "-o", "-", "--keep"));
        var whole = shell.Bytes.ToArray();
        var path = Path.Combine(shell.Home, "mine.mbox");
        // Other bytes than the service has: they would be gone if they were fetched.
        byte[] left = [.. whole[..50].Select(_ => (byte)'x')];
        await File.WriteAllBytesAsync($"{path}.{id}.part", left);
        await shell.OutputAsync("export", "--resume", id, "-o", path);
        byte[] expected = [.. left, .. whole[50..]];
        Assert.Equal(expected, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task An_account_or_an_export_that_is_not_there_is_code_1_with_its_code()
    {
        var (_, shell, _) = await NewAsync();
        Assert.Equal((1, "", "postmill: no account has the address who@example.org\n"), await shell.RunAsync("export", "who@example.org"));
        Assert.Equal((1, "", "postmill: there is no such export [export_not_found]\n"), await shell.RunAsync("export", "--resume", Guid.NewGuid().ToString()));
        var (code, _, error) = await shell.RunAsync("export", Guid.NewGuid().ToString());
        Assert.Equal((1, true), (code, error.Contains("[account_not_found]", StringComparison.Ordinal)));
    }

    /// <summary>Three mails in INBOX, one of them in Work too.</summary>
    private async Task<(SignedIn User, ServiceShell Shell, string Account)> NewAsync()
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        var (inbox, work) = (await mail.NewFolderAsync(account, "INBOX", "inbox"), await mail.NewFolderAsync(account, "Work"));
        for (var n = 0; n < 3; n++) await mail.StoreAsync(account, MailHost.Note($"n{n}"), MailHost.Noon.AddMinutes(n), [], n == 0 ? [inbox, work] : [inbox]);
        return (user, new ServiceShell(mail.Host.Address, user.Token), account.ToString());
    }
}
