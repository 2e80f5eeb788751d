using System.Text.Json;
using Postmill.Host.Cli;
using Postmill.Host.Tests;
using Postmill.Host.Tests.Messages;

namespace Postmill.Client.Tests.Cli;

public sealed class EmailCommandTests(MailHost mail) : IClassFixture<MailHost>
{
    [Fact]
    public async Task A_list_is_a_table_in_which_a_subject_is_text()
    {
        var (shell, account, inbox) = await NewAsync();
        await StoreAsync(account, inbox, "[red]hello[/] [bold", 1);
        await StoreAsync(account, inbox, "=?utf-8?q?turn_=E2=80=AEdnuora_=1B[31m?=", 2);
        var output = await shell.OutputAsync("emails", "list", account.ToString(), "--unread");
        Assert.Matches(@"2026-05-27T12:02:00Z +│ Ann +│ turn \?dnuora \?\[31m +│ INBOX +│ new +│ [0-9a-f-]{36}", output);
        Assert.Contains("[red]hello[/] [bold", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_each_mail_is_a_line_and_the_limit_and_the_filter_hold()
    {
        var (shell, account, inbox) = await NewAsync();
        for (var n = 1; n <= 4; n++) await StoreAsync(account, inbox, $"n{n}", n);
        var output = await shell.OutputAsync("emails", "list", account.ToString(), "--json", "--limit", "2", "--before", "2026-05-27T12:04:00Z");
        var subjects = output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("subject").GetString());
        Assert.Equal(["n3", "n2"], subjects);
        Assert.Equal("", await shell.OutputAsync("emails", "list", account.ToString(), "--json", "--unread", "false"));
    }

    [Fact]
    public async Task A_mail_is_shown_with_its_parts_and_its_text_without_what_drives_a_terminal()
    {
        var (shell, account, inbox) = await NewAsync();
        var full = (await mail.StoreAsync(account, SampleMail.Full(), MailHost.Noon, [], inbox)).ToString();
        var shown = await shell.OutputAsync("emails", "show", full);
        Assert.All(["Grüße €", "Zoë <zoe@example.org>", "logo.png", "€ rechnung.html"], text => Assert.Contains(text, shown, StringComparison.Ordinal));
        Assert.Equal("Grüße aus Köln\n", await shell.OutputAsync("emails", "body", full));
        Assert.StartsWith("<p>Grüße", await shell.OutputAsync("emails", "body", full, "--html"), StringComparison.Ordinal);
        Assert.Contains("Message-ID: <full@example.org>", await shell.OutputAsync("emails", "body", full, "--headers"), StringComparison.Ordinal);

        var evil = await mail.StoreAsync(account, MailHost.Raw("Subject: x\n\nclear \u001b[2J\a\nsecond\tline\n"), MailHost.Noon, [], inbox);
        Assert.Equal("clear ?[2J?\nsecond\tline\n", await shell.OutputAsync("emails", "body", evil.ToString()));
    }

    [Fact]
    public async Task A_mail_or_a_part_is_saved_and_replaces_nothing_unasked()
    {
        var (shell, account, inbox) = await NewAsync();
        var raw = SampleMail.Full();
        var id = (await mail.StoreAsync(account, raw, MailHost.Noon, [], inbox)).ToString();
        var path = Path.Combine(shell.Home, "mail.eml");
        Assert.Equal($"saved {path}, {raw.Length} bytes\n", await shell.OutputAsync("emails", "save", id, "-o", path));
        Assert.Equal(raw, await File.ReadAllBytesAsync(path));

        var png = JsonDocument.Parse(await shell.OutputAsync("emails", "show", id, "--json")).RootElement.GetProperty("parts").EnumerateArray()
            .Single(p => p.GetProperty("filename").GetString() == "logo.png").GetProperty("id").GetString()!;
        var (code, _, error) = await shell.RunAsync("emails", "save", id, "--part", png, "-o", path);
        Assert.Equal((1, true), (code, error.Contains("--force", StringComparison.Ordinal)));
        Assert.Equal(raw, await File.ReadAllBytesAsync(path));
        await shell.OutputAsync("emails", "save", id, "--part", png, "-o", path, "--force");
        Assert.Equal(SampleMail.Png, await File.ReadAllBytesAsync(path));
        Assert.Equal("", await shell.OutputAsync("emails", "save", id, "--part", png, "-o", "-"));
        Assert.Equal(SampleMail.Png, shell.Bytes.ToArray());
        Assert.Equal(["mail.eml"], Directory.EnumerateFiles(shell.Home).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("invoice.pdf", "invoice.pdf")]
    [InlineData("../../etc/passwd", "_.._etc_passwd")]
    [InlineData(".bashrc", "bashrc")]
    [InlineData("-rf", "rf")]
    [InlineData("a\u001b[31m\u202Efdp.exe", "a_[31m_fdp.exe")]
    [InlineData("C:\\x\\y.txt", "C__x_y.txt")]
    [InlineData("...", "mail.bin")]
    [InlineData(null, "mail.bin")]
    [InlineData("𝕒.txt", "__.txt")]
    public void The_senders_name_for_a_file_becomes_one_that_is_harmless(string? given, string expected) => Assert.Equal(expected, SaveCommand.Suggested(given));

    [Fact]
    public void A_name_without_end_keeps_its_extension()
    {
        var name = SaveCommand.Suggested(new string('x', 4_000) + ".pdf");
        Assert.Equal((CommandLimits.FileName, ".pdf"), (name.Length, Path.GetExtension(name)));
    }

    [Fact]
    public async Task What_is_not_there_is_code_1_with_its_code()
    {
        var (shell, _, _) = await NewAsync();
        Assert.Equal((1, "", "postmill: there is no such resource [not_found]\n"), await shell.RunAsync("emails", "show", Guid.NewGuid().ToString()));
        Assert.Equal((1, "", "postmill: no account has the address who@example.org\n"), await shell.RunAsync("emails", "list", "who@example.org"));
    }

    private async Task<(ServiceShell Shell, Guid Account, long Inbox)> NewAsync()
    {
        var user = await mail.Host.SignUpAsync();
        var account = await mail.NewAccountAsync(user);
        return (new ServiceShell(mail.Host.Address, user.Token), account, await mail.NewFolderAsync(account, "INBOX", "\\Inbox"));
    }

    private Task<Guid> StoreAsync(Guid account, long folder, string subject, int minute) => mail.StoreAsync(
        account, MailHost.Raw($"From: Ann <ann@example.org>\nSubject: {subject}\nMessage-ID: <{Guid.NewGuid()}@example.org>\n\nText.\n"), MailHost.Noon.AddMinutes(minute), [], folder);
}
