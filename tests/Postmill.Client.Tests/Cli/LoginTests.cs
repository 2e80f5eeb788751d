using System.Runtime.Versioning;
using Postmill.Client.Tests.Http;
using Postmill.Host.Tests;
using Postmill.Host.Tests.Messages;

namespace Postmill.Client.Tests.Cli;

[UnsupportedOSPlatform("windows")] // file modes
public sealed class LoginTests(MailHost mail) : IClassFixture<MailHost>
{
    [Fact]
    public async Task A_session_is_kept_for_its_owner_alone_until_logout()
    {
        var user = await mail.Host.SignUpAsync();
        await mail.NewAccountAsync(user);
        var shell = new ServiceShell(mail.Host.Address);
        var (code, output, error) = await shell.RunWithInputAsync(SignedIn.Password + "\n", "login", "--email", user.Email, "--password-stdin");
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith($"signed in at {mail.Host.Address} as {user.Email} (", output, StringComparison.Ordinal);
        Assert.DoesNotContain(SignedIn.Password, output, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(shell.SessionPath));
        Assert.DoesNotContain(SignedIn.Password, await File.ReadAllTextAsync(shell.SessionPath), StringComparison.Ordinal);

        Assert.Contains("@example.org", await shell.OutputAsync("accounts", "list"), StringComparison.Ordinal);
        await shell.OutputAsync("logout");
        Assert.False(File.Exists(shell.SessionPath));
        (code, _, error) = await shell.RunAsync("accounts");
        Assert.Equal((1, true), (code, error.Contains("postmill login", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_wrong_password_is_code_1_and_one_line_without_it()
    {
        var user = await mail.Host.SignUpAsync();
        var shell = new ServiceShell(mail.Host.Address);
        var (code, output, error) = await shell.RunWithInputAsync("hunter2 hunter2\n", "login", "--email", user.Email, "--password-stdin");
        Assert.Equal((1, "", "postmill: address or password is wrong [bad_credentials]\n"), (code, output, error));
        Assert.False(File.Exists(shell.SessionPath));
    }

    [Theory]
    [InlineData("login")]
    [InlineData("login", "--email", "a@example.org")]
    [InlineData("login", "--email", "a@example.org", "--password-stdin")]
    public async Task Where_nobody_can_be_asked_it_says_what_to_give(params string[] line)
    {
        var (code, _, error) = await new ServiceShell(mail.Host.Address).RunAsync(line);
        Assert.Equal(2, code);
        Assert.Matches("--email|--password-stdin|a password is needed", error);
    }

    [Fact]
    public async Task A_session_is_sent_to_no_other_service()
    {
        var user = await mail.Host.SignUpAsync();
        var shell = new ServiceShell(mail.Host.Address);
        await shell.RunWithInputAsync(SignedIn.Password, "login", "--email", user.Email, "--password-stdin");
        await using var other = ScriptedServer.Start(ScriptedServer.Json(200, """{"accounts":[]}"""));
        await shell.OutputAsync("accounts", "--url", other.Http.BaseAddress!.ToString());
        Assert.Null(other.Requests.Single().Header("Authorization"));
    }

    [Fact]
    public async Task Without_an_address_it_is_where_one_is_logged_in()
    {
        var user = await mail.Host.SignUpAsync();
        var shell = new ServiceShell(mail.Host.Address);
        await shell.RunWithInputAsync(SignedIn.Password, "login", "--email", user.Email, "--password-stdin");
        shell.Set("POSTMILL_URL", "");
        await shell.OutputAsync("accounts");
    }

    [Fact]
    public async Task A_session_that_others_may_read_is_not_used()
    {
        var user = await mail.Host.SignUpAsync();
        var shell = new ServiceShell(mail.Host.Address);
        await shell.RunWithInputAsync(SignedIn.Password, "login", "--email", user.Email, "--password-stdin");
        File.SetUnixFileMode(shell.SessionPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var (code, _, error) = await shell.RunAsync("accounts");
        Assert.Equal((2, true), (code, error.Contains("may be read by others", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"Url":7}""")]
    public async Task A_session_that_is_broken_says_where_it_is(string text)
    {
        var shell = new ServiceShell(mail.Host.Address);
        Directory.CreateDirectory(Path.GetDirectoryName(shell.SessionPath)!);
        await File.WriteAllTextAsync(shell.SessionPath, text);
        File.SetUnixFileMode(shell.SessionPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var (code, _, error) = await shell.RunAsync("accounts");
        Assert.Equal((2, true), (code, error.Contains(shell.SessionPath, StringComparison.Ordinal)));
    }
}
