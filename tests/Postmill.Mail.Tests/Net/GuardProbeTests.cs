using System.Diagnostics;
using System.Globalization;
using Postmill.Mail.Net;
using Postmill.Mail.Tests.Smtp;
using Postmill.Testing.Servers;

namespace Postmill.Mail.Tests.Net;

/// <summary>
/// Servers that end a process in which MailKit meets them alone, each against a process of its own (tests/GuardProbe) with a bound on its memory: it has to live and say which limit was broken,
/// after little work.
/// </summary>
public sealed class GuardProbeTests
{
    // Of the managed heap, in hexadecimal as the runtime wants it: 256 MiB.
    private const string MaxHeap = "10000000";

    private const int BlockBytes = 64 * 1024;

    // What grows with the square of what is sent takes minutes.
    private static readonly TimeSpan MaxProcessor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TlsMode[] Modes = [TlsMode.None, TlsMode.Implicit, TlsMode.StartTls];

    private static readonly Dictionary<string, Hostile> Imap = new()
    {
        ["lists within lists, not asked for"] = new("CAPABILITY", "LimitExceeded Nesting", "* 1 FETCH (BODYSTRUCTURE ", _ => new string('(', BlockBytes)),
        ["lists within lists"] = new("FETCH", "LimitExceeded Nesting", "* 1 FETCH (BODYSTRUCTURE ", _ => new string('(', BlockBytes)),
        ["lists within lists in IDLE"] = new("IDLE", "LimitExceeded Nesting", "+ idling\r\n* 1 FETCH (BODYSTRUCTURE ", _ => new string('(', BlockBytes)),
        ["a mail of 4 GB"] = new("CAPABILITY", "LimitExceeded Literal", "* 1 FETCH (BODY[] {4294967296}\r\n", _ => new string('x', BlockBytes)),
        ["a name of 4 GB"] = new("LIST", "LimitExceeded Line", "* LIST () \"/\" {4294967296}\r\n", _ => new string('x', BlockBytes)),
        ["a line without end"] = new("FETCH", "LimitExceeded Line", "* X ", _ => new string('x', BlockBytes)),
        ["words without end"] = new("EXAMINE", "LimitExceeded Line", "* OK ", _ => new string('x', BlockBytes)),
        ["a SEARCH without end"] = new("EXAMINE", "LimitExceeded Line", "* SEARCH", i => Blocks(i, n => $" {n}")),
        ["a SEARCH backwards without end"] = new("SEARCH", "LimitExceeded Answer", "* SEARCH", i => Blocks(i, n => $" {2_000_000_000 - 2 * n}")),
        ["a header of 1 GB that nobody asked for"] = new("FETCH", "LimitExceeded Literal", "* 1 FETCH (BODY[HEADER] {1000000000}\r\n", _ => $"A: {new string('x', BlockBytes)}\r\n"),
        ["headers without end that nobody asked for"] = new("FETCH", "LimitExceeded Answer", "", i => $"* {i + 1} FETCH (BODY[HEADER] {{65538}}\r\n{new string('x', BlockBytes)}\r\n)\r\n"),
        ["FETCH and then EXPUNGE without end"] = new("FETCH", "LimitExceeded AnswerLines", "", i => Blocks(i, n => i < 6 ? $"* {n} FETCH (UID {n})\r\n" : "* 1 EXPUNGE\r\n")),
        ["LIST without end"] = new("LIST", "LimitExceeded AnswerLines", "", i => Blocks(i, n => $"* LIST () \"/\" {n}\r\n")),
        ["LIST without end in IDLE"] = new("IDLE", "LimitExceeded AnswerLines", "+ idling\r\n", i => Blocks(i, n => $"* LIST () \"/\" {n}\r\n")),
        ["FETCH without end, backwards"] = new("FETCH", "LimitExceeded AnswerLines", "", i => Blocks(i, n => $"* {2_000_000_000 - n} FETCH (UID {n})\r\n")),
        ["FETCH without end in IDLE"] = new("IDLE", "LimitExceeded AnswerLines", "+ idling\r\n", i => Blocks(i, n => $"* {n} FETCH (FLAGS ())\r\n")),
        ["EXISTS without end"] = new("EXAMINE", "LimitExceeded AnswerLines", "", i => Blocks(i, n => $"* {n} EXISTS\r\n")),
        ["EXISTS without end in IDLE"] = new("IDLE", "LimitExceeded AnswerLines", "+ idling\r\n", i => Blocks(i, n => $"* {n} EXISTS\r\n")),
        ["BYE within a mail"] = new("FETCH", "Disconnected", "* 1 FETCH (BODY[] {1000}\r\n* BYE going\r\n", _ => ""),
    };

    public static TheoryData<TlsMode, string> ImapServers
    {
        get
        {
            var each = new TheoryData<TlsMode, string>();
            foreach (var tls in Modes)
                foreach (var name in Imap.Keys) each.Add(tls, name);
            return each;
        }
    }

    public static TheoryData<TlsMode, string> Protocols
    {
        get
        {
            var each = new TheoryData<TlsMode, string>();
            foreach (var tls in Modes)
                foreach (var protocol in new[] { "imap", "smtp" }) each.Add(tls, protocol);
            return each;
        }
    }

    [Theory]
    [MemberData(nameof(ImapServers))]
    public async Task Process_survives_an_IMAP_server_with(TlsMode tls, string name)
    {
        var hostile = Imap[name];
        await using var server = new ScriptedSmtpServer(peer => new ImapScript(tls, hostile.At, (same, _) => FloodAsync(same, hostile.Begin, hostile.Block)).PlayAsync(peer));
        await AssertEndAsync(hostile.End, "imap", server, tls);
    }

    [Theory]
    [InlineData(TlsMode.None, "250-more\r\n", "LimitExceeded ReplyLines")]
    [InlineData(TlsMode.Implicit, "250-more\r\n", "LimitExceeded ReplyLines")]
    [InlineData(TlsMode.StartTls, "250-more\r\n", "LimitExceeded ReplyLines")]
    [InlineData(TlsMode.None, "250-", "LimitExceeded Line")]
    [InlineData(TlsMode.Implicit, "250-", "LimitExceeded Line")]
    [InlineData(TlsMode.StartTls, "250-", "LimitExceeded Line")]
    public async Task Process_survives_an_EHLO_without_end(TlsMode tls, string more, string end)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            if (tls == TlsMode.Implicit && !await peer.StartTlsAsync()) return;
            await peer.SendAsync("220 mail.test\r\n");
            if (tls == TlsMode.StartTls)
            {
                await peer.EhloAsync("STARTTLS");
                await peer.AnswerAsync("STARTTLS", "220 go\r\n");
                if (!await peer.StartTlsAsync()) return;
            }
            await peer.ReadLineAsync();
            await FloodAsync(peer, "", _ => string.Concat(Enumerable.Repeat(more, BlockBytes / more.Length)));
        });
        await AssertEndAsync(end, "smtp", server, tls);
    }

    [Theory]
    [InlineData("imap", "* OK ready\r\n", "S1 OK go\r\n* OK injected\r\n")]
    [InlineData("smtp", "220 mail.test\r\n", "220 go\r\n250 injected\r\n")]
    public async Task Process_takes_nothing_between_STARTTLS_and_the_handshake(string protocol, string greeting, string answer)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.SendAsync(greeting);
            if (protocol == "smtp") await peer.EhloAsync("STARTTLS");
            await peer.ReadLineAsync();
            await peer.SendAsync(answer);
            await peer.GoneAsync();
        });
        await AssertEndAsync("ProtocolError", protocol, server, TlsMode.StartTls);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Process_waits_for_no_trickled_greeting(TlsMode tls, string protocol)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            if (tls == TlsMode.Implicit && !await peer.StartTlsAsync()) return;
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            await peer.TrySendAsync(protocol == "imap" ? "* OK " : "220 ");
            while (await peer.TrySendAsync("x") && await pace.WaitForNextTickAsync()) { }
        });
        await AssertEndAsync("TimedOut", protocol, server, tls, greetingSeconds: 1);
    }

    private static async Task FloodAsync(ScriptedSmtpPeer peer, string begin, Func<int, string> block)
    {
        if (!await peer.TrySendAsync(begin)) return;
        for (var i = 0; ; i++)
        {
            var more = block(i);
            if (more.Length == 0) peer.Drop();
            if (more.Length == 0 || !await peer.TrySendAsync(more)) return;
        }
    }

    /// <summary>A block of lines that have all a number of their own.</summary>
    private static string Blocks(int block, Func<int, string> line) => string.Concat(Enumerable.Range(1 + block * 2_000, 2_000).Select(line));

    private static async Task AssertEndAsync(string expected, string protocol, ScriptedSmtpServer server, TlsMode tls, int greetingSeconds = 15)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_GCHeapHardLimit"] = MaxHeap;
        // What a service that has run for a while no longer pays: the counting of calls for the second compilation, and a second thread for so small a heap.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        string[] arguments =
        [
            "exec", Binary, protocol, server.Endpoint().Port.ToString(CultureInfo.InvariantCulture), tls.ToString(), TestCertificates.Shared.AuthorityPath,
            greetingSeconds.ToString(CultureInfo.InvariantCulture),
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        var said = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var complained = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, $"the process ended with {process.ExitCode}: {await complained}");
        var lines = (await said).Split('\n');
        Assert.Equal(expected, lines[0]);
        Assert.InRange(int.Parse(lines[1], CultureInfo.InvariantCulture), 0, MaxProcessor.TotalMilliseconds);
    }

    private static string Binary => Path.Combine(AppContext.BaseDirectory, "..", "..", "GuardProbe", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "GuardProbe.dll");

    /// <param name="At">The command at which it begins.</param>
    /// <param name="End">How the session has to end.</param>
    /// <param name="Begin">What it says first.</param>
    /// <param name="Block">What it says then, block by block; empty when it leaves.</param>
    private sealed record Hostile(string At, string End, string Begin, Func<int, string> Block);
}
