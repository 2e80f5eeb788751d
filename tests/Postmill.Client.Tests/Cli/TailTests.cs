using System.Text.Json;
using Postmill.Host.Tests.Live;
using Postmill.Testing.Servers;

namespace Postmill.Client.Tests.Cli;

public sealed class TailTests
{
    private const string Mail = """{"type":"email_received","from":"ann@example.org","subject":"[red]Gr\u00fc\u00dfe \u001b[31m","receivedAt":"2026-05-27T12:00:00Z"}""";

    [Fact]
    public async Task Events_are_lines_for_people_until_the_key_ends()
    {
        await using var live = await LiveHost.StartAsync(("KeyCheckSeconds", "0.1"));
        await live.PublishAsync(Mail, """{"type":"other","text":"\u001b[2J"}""");
        using var lines = new SemaphoreSlim(0);
        var tail = new ServiceShell(live.Host.Address, live.Key) { Flushed = () => lines.Release() }.RunAsync("tail", "--after", "0");
        // A socket whose key ends is closed at once, whatever it has still to say.
        for (var line = 0; line < 2; line++) Assert.True(await lines.WaitAsync(LiveHost.Patience));
        var keys = Clients.Of(live.Host, live.User).Keys;
        await keys.RevokeAsync((await keys.ListAsync()).Single().Id);
        var (code, output, error) = await tail.WaitAsync(LiveHost.Patience);
        Assert.Equal((1, true), (code, error.EndsWith("[unauthorized]\n", StringComparison.Ordinal)));
        Assert.Equal("2026-05-27T12:00:00Z  ann@example.org  [red]Grüße ?[31m\nother  {\"type\":\"other\",\"text\":\"\\u001b[2J\",\"seq\":2}\n", output);
    }

    [Fact]
    public async Task The_real_program_follows_with_a_key_of_its_own_and_revokes_it_when_interrupted()
    {
        await using var live = await LiveHost.StartAsync();
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var program = Path.GetFullPath(Path.Combine(own, "..", "..", "Postmill.Host", Path.GetFileName(own), "postmill.dll"));
        var home = TestWorkspace.NewDirectory("tail");
        var environment = new Dictionary<string, string?> { ["POSTMILL_URL"] = live.Host.Address.ToString(), ["POSTMILL_TOKEN"] = live.User.Token, ["XDG_CONFIG_HOME"] = home };
        // A test run in the background of a script ignores SIGINT, and so would the program.
        await using var process = ChildProcess.Start(["env", "--default-signal=INT", "dotnet", "exec", program, "tail", "--json"], Path.Combine(home, "tail.log"), environment);
        await live.WaitForSocketsAsync(1);
        var keys = Clients.Of(live.Host, live.User).Keys;
        Assert.Contains(await keys.ListAsync(), key => key.Name == "postmill tail");
        await live.PublishAsync(Mail);
        var line = await process.WaitForLineAsync("the event is shown", text => text.Contains("email_received", StringComparison.Ordinal), LiveHost.Patience);
        using (var json = JsonDocument.Parse(line)) Assert.Equal(("[red]Grüße \u001b[31m", 1), (json.RootElement.GetProperty("subject").GetString(), json.RootElement.GetProperty("seq").GetInt32()));
        process.Signal(Posix.SigInt);
        await process.WaitForExitAsync(CancellationToken.None).WaitAsync(LiveHost.Patience);
        Assert.Equal(0, process.ExitCode);
        Assert.DoesNotContain(await keys.ListAsync(), key => key.Name == "postmill tail");
        Assert.DoesNotContain("msk_", process.Output, StringComparison.Ordinal);
    }
}
