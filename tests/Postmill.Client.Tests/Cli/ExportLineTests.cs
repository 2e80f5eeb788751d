using Postmill.Client.Tests.Exports;
using Postmill.Client.Tests.Http;

namespace Postmill.Client.Tests.Cli;

/// <summary><c>postmill export</c> over a line that breaks, from a service that says no.</summary>
public sealed class ExportLineTests
{
    private const string Weak = "W/\"abc\""; // says nothing of the bytes: the same run cannot go on

    [Fact]
    public async Task A_line_that_breaks_is_taken_up_again_from_the_first_byte_that_is_not_here()
    {
        await using var server = ScriptedServer.Start(
            Scripted.Made, Scripted.Export("running", 1), Scripted.Export("succeeded", 2), Scripted.Content(0, 4), Scripted.Content(4, 6), Scripted.Deleted);
        var shell = new ServiceShell(server.Http.BaseAddress!, "t");
        var path = Path.Combine(shell.Home, "all.mbox");
        Assert.Equal($"exported 2 mails to {path}, 10 bytes\n", await shell.OutputAsync("export", "a", "-o", path));
        Assert.Equal("0123456789", await File.ReadAllTextAsync(path));
        Assert.Equal([null, "bytes=4-"], server.Requests.Where(r => r.Target.EndsWith("/content", StringComparison.Ordinal)).Select(r => r.Header("Range")));
        Assert.StartsWith("DELETE /api/exports/e ", server.Requests[^1].Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_that_failed_says_how_it_goes_on_and_the_next_run_asks_for_the_rest()
    {
        await using var server = ScriptedServer.Start(
            Scripted.Made, Scripted.Export("succeeded", 2), Scripted.Content(0, 4, Weak), Scripted.Export("succeeded", 2), Scripted.Content(4, 6), Scripted.Deleted);
        var shell = new ServiceShell(server.Http.BaseAddress!, "t");
        var path = Path.Combine(shell.Home, "all.mbox");
        var (code, output, error) = await shell.RunAsync("export", "a", "-o", path);
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith($"postmill: it can go on: postmill export --resume e --output {path}\n", error, StringComparison.Ordinal);
        Assert.Contains("[connection_lost]", error, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
        Assert.Equal("0123", await File.ReadAllTextAsync(path + ".e.part"));

        await shell.OutputAsync("export", "--resume", "e", "--output", path);
        Assert.Equal("0123456789", await File.ReadAllTextAsync(path));
        Assert.Equal(["all.mbox"], Directory.EnumerateFiles(shell.Home).Select(Path.GetFileName));
        Assert.Equal("bytes=4-", server.Requests[4].Header("Range"));
    }

    [Fact]
    public async Task A_whole_download_that_only_lacks_its_name_gets_it()
    {
        await using var server = ScriptedServer.Start(Scripted.Export("succeeded", 2), Scripted.Deleted);
        var shell = new ServiceShell(server.Http.BaseAddress!, "t");
        var path = Path.Combine(shell.Home, "all.mbox");
        await File.WriteAllTextAsync(path + ".e.part", "0123456789");
        await shell.OutputAsync("export", "--resume", "e", "-o", path);
        Assert.Equal("0123456789", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task More_than_the_export_has_is_not_taken_for_it()
    {
        await using var server = ScriptedServer.Start(Scripted.Export("succeeded", 2));
        var shell = new ServiceShell(server.Http.BaseAddress!, "t");
        var path = Path.Combine(shell.Home, "all.mbox");
        await File.WriteAllTextAsync(path + ".e.part", "0123456789ab");
        var (code, _, error) = await shell.RunAsync("export", "--resume", "e", "-o", path);
        Assert.Equal((1, $"postmill: {path}.e.part is not what was exported; remove it\n"), (code, error));
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData("failed", "\"storage_full\"", "postmill: the export is failed: storage_full [storage_full]\n")]
    [InlineData("cancelled", "null", "postmill: the export is cancelled\n")]
    public async Task An_export_that_will_not_be_ready_says_why(string state, string why, string expected)
    {
        await using var server = ScriptedServer.Start(Scripted.Made, Scripted.Export("retrying", 1), Scripted.Export(state, 1, why));
        var shell = new ServiceShell(server.Http.BaseAddress!, "t");
        Assert.Equal((1, "", expected), await shell.RunAsync("export", "a", "-o", Path.Combine(shell.Home, "all.mbox")));
        Assert.Empty(Directory.EnumerateFiles(shell.Home));
    }

    [Fact]
    public async Task That_it_could_not_be_deleted_there_is_told_and_is_no_failure()
    {
        await using var server = ScriptedServer.Start(
            Scripted.Made, Scripted.Export("succeeded", 2), Scripted.Content(0, 10),
            ScriptedServer.Json(403, """{"success":false,"error":"not you","code":"role_insufficient"}"""));
        var shell = new ServiceShell(server.Http.BaseAddress!, "t");
        var (code, output, error) = await shell.RunAsync("export", "a", "-o", Path.Combine(shell.Home, "all.mbox"));
        Assert.Equal((0, "postmill: the export e is still at the service and expires there (not you)\n"), (code, error));
        Assert.StartsWith("exported 2 mails", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_looks_on_sees_how_far_it_is()
    {
        await using var server = ScriptedServer.Start(
            Scripted.Made, Scripted.Export("running", 1), Scripted.Export("succeeded", 2), Scripted.Content(0, 10), Scripted.Deleted);
        var shell = new ServiceShell(server.Http.BaseAddress!, "t") { Seen = new StringWriter() };
        await shell.OutputAsync("export", "a", "-o", Path.Combine(shell.Home, "all.mbox"));
        Assert.Contains("making the export", shell.Seen.ToString(), StringComparison.Ordinal);
        Assert.Contains("fetching it", shell.Seen.ToString(), StringComparison.Ordinal);
    }
}
