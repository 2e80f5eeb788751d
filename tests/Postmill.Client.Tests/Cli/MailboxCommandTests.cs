using System.Globalization;
using System.Text.Json;
using Postmill.Host.Tests.Sync;

namespace Postmill.Client.Tests.Cli;

/// <summary>Commands against a host with a real mail server.</summary>
public sealed class MailboxCommandTests
{
    [Fact]
    public async Task Connect_sync_list_and_disconnect()
    {
        await using var world = await MailWorld.StartAsync(MailWorld.Unthrottled);
        await world.Dovecot.DeliverAsync(world.Mailbox, "Subject: first\r\nFrom: ann@example.org\r\n\r\nText.\r\n"u8.ToArray());
        var shell = new ServiceShell(world.Host.Address, world.User.Token);
        string[] connect = ["accounts", "connect", world.Mailbox, "--imap", At(world.ImapsPort), "--imap-tls", "implicit", "--smtp", At(world.Dovecot.SubmissionPort), "--password-stdin"];
        var (code, output, error) = await shell.RunWithInputAsync("not the password\n", connect);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("[imap_verification_failed]", error, StringComparison.Ordinal);
        Assert.DoesNotContain("not the password", error, StringComparison.Ordinal);

        (code, output, error) = await shell.RunWithInputAsync(MailWorld.Password + "\n", connect);
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith($"connected {world.Mailbox} (", output, StringComparison.Ordinal);
        await world.UntilAsync(await AccountAsync(shell), "idle");
        Assert.Matches("^(synced|queued): [0-9]+ new, last synced 2", await shell.OutputAsync("sync", world.Mailbox));
        Assert.Contains("first", await shell.OutputAsync("emails", "list"), StringComparison.Ordinal);
        Assert.Contains(world.Mailbox, await shell.OutputAsync("accounts"), StringComparison.Ordinal);

        await shell.OutputAsync("accounts", "disconnect", world.Mailbox);
        Assert.Equal("", await shell.OutputAsync("accounts", "--json"));
        Assert.Equal((1, "", "postmill: no account is connected: postmill accounts connect\n"), await shell.RunAsync("emails", "list"));
    }

    private static string At(int port) => string.Create(CultureInfo.InvariantCulture, $"localhost:{port}");

    private static async Task<Guid> AccountAsync(ServiceShell shell) => JsonDocument.Parse(await shell.OutputAsync("accounts", "list", "--json")).RootElement.GetProperty("id").GetGuid();
}
