using Postmill.Host.Cli;

namespace Postmill.Host.Tests.Cli;

public sealed class CommandsTests
{
    [Theory]
    [InlineData("cluster")]
    [InlineData("frobnicate")]
    public void A_word_is_a_command(string first) => Assert.True(Commands.Names([first, "--json"]));

    [Theory]
    [InlineData("--urls=http://127.0.0.1:0")]
    [InlineData("--help")]
    [InlineData("/urls")]
    [InlineData("urls=http://127.0.0.1:0")]
    public void An_option_or_a_setting_is_for_the_host(string first) => Assert.False(Commands.Names([first]));

    [Fact]
    public void Nothing_at_all_is_for_the_host() => Assert.False(Commands.Names([]));

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("cluster")]
    [InlineData("cluster", "stauts")]
    [InlineData("cluster", "status", "--jason")]
    [InlineData("cluster", "status", "more")]
    public async Task A_line_that_means_nothing_is_code_2_and_names_the_help(params string[] line)
    {
        var (code, output, error) = await Shell.RunAsync(line);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("postmill: ", error, StringComparison.Ordinal);
        Assert.Contains("--help", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_setting_is_code_2()
    {
        var (code, _, error) = await Shell.RunAsync("cluster", "status", "--Postmill:Cluster:Nmae=x");
        Assert.Equal(2, code);
        Assert.Contains("Postmill:Cluster:Nmae is not known", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_says_what_it_reads_and_what_its_codes_mean()
    {
        var (code, output, error) = await Shell.RunAsync("cluster", "status", "--help");
        Assert.Equal((0, ""), (code, error));
        Assert.All(["--json", "ConnectionStrings:Postgres", "Exit code: 0"], part => Assert.Contains(part, output, StringComparison.Ordinal));
        Assert.Contains("status", (await Shell.RunAsync("cluster", "--help")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_hosts_help_names_the_commands() => Assert.Contains("postmill cluster status [--json]", (await Shell.RunAsync("--help")).Output, StringComparison.Ordinal);

    [Fact]
    public void Settings_are_told_from_options_by_their_colon()
    {
        var (own, settings) = CommandArguments.Split(["cluster", "--Postmill:Cluster:Name", "blue", "status", "--ConnectionStrings:Postgres=Host=a", "--json"]);
        Assert.Equal(["cluster", "status", "--json"], own);
        Assert.Equal(["--Postmill:Cluster:Name", "blue", "--ConnectionStrings:Postgres=Host=a"], settings);
    }
}
