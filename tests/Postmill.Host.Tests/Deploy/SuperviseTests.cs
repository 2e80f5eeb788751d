using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Deploy;

/// <summary><c>deploy/supervise.sh</c>: what starts a silo again that was declared dead while it lived.</summary>
public sealed class SuperviseTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_silo_that_aborts_is_started_again_and_any_other_end_is_handed_out()
    {
        var directory = TestWorkspace.NewDirectory("supervise");
        var times = Path.Combine(directory, "times");
        await using var supervised = Start(directory, $"echo once >> {times}; [ $(wc -l < {times}) -ge 3 ] && exit 7; kill -ABRT $$");
        await supervised.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        Assert.Equal(7, supervised.ExitCode);
        Assert.Equal(3, (await File.ReadAllLinesAsync(times)).Length);
        Assert.Contains("the silo has ended by itself; starting it again", supervised.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_is_asked_to_the_silo_is_asked_to_and_its_end_is_waited_for()
    {
        var directory = TestWorkspace.NewDirectory("supervise");
        await using var supervised = Start(directory, "trap 'echo draining; sleep 0.3; echo drained; exit 0' TERM; echo up; while :; do sleep 0.05; done");
        await supervised.WaitForLineAsync("it runs", line => line == "up", Patience);
        await supervised.StopAsync(Posix.SigTerm, Patience);
        Assert.Equal(0, supervised.ExitCode);
        Assert.Contains("drained", supervised.Output, StringComparison.Ordinal);
    }

    private static ChildProcess Start(string directory, string script) =>
        ChildProcess.Start([Path.GetFullPath(Path.Combine(DeployFiles.Root(), "supervise.sh")), "bash", "-c", script], Path.Combine(directory, "supervise.log"));
}
