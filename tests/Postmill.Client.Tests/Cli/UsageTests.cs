namespace Postmill.Client.Tests.Cli;

public sealed class UsageTests
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:1/");

    [Theory]
    [InlineData("accounts", "frobnicate")]
    [InlineData("accounts", "connect", "a@example.org")]
    [InlineData("emails")]
    [InlineData("emails", "list", "--limit", "0")]
    [InlineData("emails", "list", "--limit", "many")]
    [InlineData("emails", "list", "--direction", "up")]
    [InlineData("emails", "list", "--after", "yesterday or so")]
    [InlineData("emails", "show")]
    [InlineData("search")]
    [InlineData("export", "--format", "tar")]
    [InlineData("export", "a@example.org", "b@example.org")]
    [InlineData("export", "a@example.org", "--resume", "x")]
    [InlineData("export", "--resume", "x", "--unread")]
    [InlineData("export", "--output", "/")]
    [InlineData("tail", "--after", "-1")]
    [InlineData("accounts", "--url", "ftp://example.org")]
    [InlineData("accounts", "--url", "http://me:secret@example.org")]
    [InlineData("accounts", "--token", "two words")]
    [InlineData("accounts", "--Postmill:Cluster:Name=x")]
    public async Task A_line_that_cannot_be_meant_is_code_2_and_writes_nothing_to_the_output(params string[] line)
    {
        var (code, output, error) = await new ServiceShell(Nowhere).RunAsync(line);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("postmill: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("login", "--password-stdin")]
    [InlineData("logout", "Exit code: 0")]
    [InlineData("accounts", "connect")]
    [InlineData("accounts connect", "--imap-tls")]
    [InlineData("accounts disconnect", "<account>")]
    [InlineData("sync", "<account>")]
    [InlineData("emails", "save")]
    [InlineData("emails list", "--unread")]
    [InlineData("emails show", "<email>")]
    [InlineData("emails body", "--headers")]
    [InlineData("emails save", "--part")]
    [InlineData("search", "--newest")]
    [InlineData("export", "--resume")]
    [InlineData("tail", "--after")]
    public async Task Each_command_has_its_help(string command, string part)
    {
        var (code, output, error) = await new ServiceShell(Nowhere).RunAsync([.. command.Split(' '), "--help"]);
        Assert.Equal((0, ""), (code, error));
        Assert.All([part, "--url", "--token", "--json"], text => Assert.Contains(text, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_is_away_is_code_1_and_says_where()
    {
        var (code, output, error) = await new ServiceShell(Nowhere, "a-secret-token").RunAsync("accounts");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("postmill: http://127.0.0.1:1/ cannot be reached", error, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret-token", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(c => c == '\n'));
    }
}
