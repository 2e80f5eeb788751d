using System.Diagnostics;
using System.Globalization;
using Postmill.Protocols.Net;
using Postmill.Protocols.Tests.Smtp;
using Postmill.Testing.Servers;

namespace Postmill.Protocols.Tests.Net;

/// <summary>Servers that end a process in which MailKit meets them alone, each against a process of its own (tests/GuardProbe): it has to live and say which limit was broken.</summary>
public sealed class GuardProbeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static TheoryData<TlsMode, string, int> Nestings
    {
        get
        {
            var nestings = new TheoryData<TlsMode, string, int>();
            foreach (var tls in new[] { TlsMode.None, TlsMode.Implicit, TlsMode.StartTls })
                foreach (var at in new[] { "CAPABILITY", "FETCH", "IDLE" })
                    foreach (var lists in new[] { 2_000, 100_000 }) nestings.Add(tls, at, lists);
            return nestings;
        }
    }

    [Theory]
    [MemberData(nameof(Nestings))]
    public async Task Process_survives_lists_within_lists_whether_asked_for_or_not(TlsMode tls, string at, int lists)
    {
        var nested = $"* 1 FETCH (BODYSTRUCTURE {new string('(', lists)}";
        await using var server = new ScriptedSmtpServer(peer => new ImapScript(tls, at, async (hostile, _) =>
        {
            await hostile.TrySendAsync(at == "IDLE" ? "+ idling\r\n" + nested : nested);
            await hostile.GoneAsync();
        }).PlayAsync(peer));
        Assert.Equal("LimitExceeded Nesting", await ProbeAsync("imap", server, tls));
    }

    [Theory]
    [InlineData(TlsMode.None)]
    [InlineData(TlsMode.Implicit)]
    [InlineData(TlsMode.StartTls)]
    public async Task Process_survives_an_EHLO_without_end(TlsMode tls)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            if (tls == TlsMode.Implicit) await peer.StartTlsAsync();
            await peer.SendAsync("220 mail.test\r\n");
            await peer.ReadLineAsync();
            var more = string.Concat(Enumerable.Repeat("250-more\r\n", 6_000));
            while (await peer.TrySendAsync(more)) { }
        });
        Assert.Equal("LimitExceeded ReplyLines", await ProbeAsync("smtp", server, tls));
    }

    private static async Task<string> ProbeAsync(string protocol, ScriptedSmtpServer server, TlsMode tls)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = ["exec", Binary, protocol, server.Endpoint().Port.ToString(CultureInfo.InvariantCulture), tls.ToString(), TestCertificates.Shared.AuthorityPath];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        var said = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var complained = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, $"the process ended with {process.ExitCode}: {await complained}");
        return (await said).Trim();
    }

    private static string Binary => Path.Combine(AppContext.BaseDirectory, "..", "..", "GuardProbe", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "GuardProbe.dll");
}
