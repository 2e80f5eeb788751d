using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Postmill.Mail.Net;
using Postmill.Testing;

namespace Postmill.Mail.Tests.Net;

/// <summary>
/// MailKit's clients over the guard, and mutated servers: a session ends in a result or in a fault that has a name, within a bound of time and of memory. The seed of a failing round is in its
/// message; <c>POSTMILL_FUZZ_ROUNDS</c> makes more rounds.
/// </summary>
public sealed class GuardFuzzTests
{
    private const int Harms = 200;

    // Other calls than those of lists, such as those of a literal in the innermost.
    private const int DepthSlack = 12;

    private static readonly GuardLimits FewLists = new() { Nesting = 12 };

    // An honest session takes about a tenth.
    private const long MaxBytes = 8 * 1024 * 1024;

    // By the clock of the session, which only moves while it waits.
    private static readonly TimeSpan MaxWait = TimeSpan.FromHours(3);

    // By the machine's clock, for what does not wait and does not end.
    private static readonly TimeSpan MaxWork = TimeSpan.FromSeconds(30);

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("POSTMILL_FUZZ_ROUNDS"), out var rounds) ? rounds : 1000;

    [Fact]
    public async Task Unharmed_sessions_go_to_their_end()
    {
        Assert.Equal("done", await EndOfAsync(ImapAsync, new Random(1), harms: 0));
        Assert.Equal("done", await EndOfAsync(SmtpAsync, new Random(1), harms: 0));
    }

    [Fact]
    public Task Mutated_IMAP_servers_end_in_a_result_or_a_named_fault() => EachAsync(ImapAsync);

    [Fact]
    public Task Mutated_SMTP_servers_end_in_a_result_or_a_named_fault() => EachAsync(SmtpAsync);

    [Fact]
    public async Task MailKit_goes_no_deeper_than_the_lists_that_the_guard_counts()
    {
        // Each list within another is some calls on the stack of the read that waits for more of it. One list is FETCH's own.
        var allowed = await DeepestAsync(seed: 1, FewLists, lists: FewLists.Nesting - 1);
        var beyond = await DeepestAsync(seed: 1, new GuardLimits(), lists: 2 * FewLists.Nesting);
        Assert.True(beyond > allowed + DepthSlack, $"{beyond} calls with twice as many lists as are allowed, {allowed} with as many");
        for (var seed = 0; seed < Rounds; seed++)
        {
            var deepest = await DeepestAsync(seed, FewLists, lists: 60, Harms);
            Assert.True(deepest <= allowed + DepthSlack, $"seed {seed}: {deepest} calls, {allowed} with as many lists as are allowed");
        }
    }

    private static async Task<int> DeepestAsync(int seed, GuardLimits limits, int lists, int harms = 0)
    {
        var random = new Random(seed);
        var answers = new ImapAnswers();
        var nested = $"BODYSTRUCTURE {new string('(', lists)}\"text\" \"plain\" NIL NIL NIL \"7bit\" 9 1{new string(')', lists)}";
        await using var server = new FuzzedServer(line => answers.To(line)?.Replace("FLAGS ()", nested, StringComparison.Ordinal), random, harms);
        await EndOfAsync(async (clock, _, _) =>
        {
            await using var guard = new ImapGuardedStream(Transport(server, clock), default, limits);
            using var client = new ImapClient();
            await SessionAsync(client, guard);
        }, random, harms);
        return server.Deepest;
    }

    private static async Task EachAsync(Func<ManualClock, Random, int, Task> session)
    {
        var unnamed = new Dictionary<string, int>();
        var ends = new Dictionary<string, int>();
        for (var seed = 0; seed < Rounds; seed++)
        {
            var end = await EndOfAsync(session, new Random(seed), Harms);
            ends[end] = ends.GetValueOrDefault(end) + 1;
            if (end.StartsWith("unnamed", StringComparison.Ordinal)) unnamed.TryAdd(end, seed);
        }
        Assert.True(unnamed.Count == 0, string.Join('\n', unnamed.Select(one => $"seed {one.Value}: {one.Key}")));
        // Both happen: the harm is neither too much nor too little to be a test.
        Assert.True(ends.ContainsKey("done") && ends.Count > 2, string.Join(", ", ends));
    }

    private static async Task ImapAsync(ManualClock clock, Random random, int harms)
    {
        await using var server = new FuzzedServer(new ImapAnswers().To, random, harms);
        await using var guard = new ImapGuardedStream(Transport(server, clock), default);
        using var client = new ImapClient();
        await SessionAsync(client, guard);
    }

    private static async Task SessionAsync(ImapClient client, ImapGuardedStream guard)
    {
        await guard.OpenAsync(client, CancellationToken.None);
        await client.AuthenticateAsync(new SaslMechanismPlain("ada", "s3cret-pass"));
        await client.Inbox!.OpenAsync(FolderAccess.ReadWrite);
        await client.Inbox.FetchAsync(0, -1, MessageSummaryItems.UniqueId | MessageSummaryItems.Flags | MessageSummaryItems.InternalDate | MessageSummaryItems.BodyStructure | MessageSummaryItems.Envelope);
        await client.Inbox.SearchAsync(MailKit.Search.SearchQuery.All);
        using (await client.Inbox.GetStreamAsync(new UniqueId(7, 1))) await client.NoOpAsync();
        await client.GetFoldersAsync(client.PersonalNamespaces.Count > 0 ? client.PersonalNamespaces[0] : new FolderNamespace('/', ""));
        using var done = new CancellationTokenSource();
        client.Inbox.CountChanged += (_, _) => done.Cancel();
        if (client.Capabilities.HasFlag(ImapCapabilities.Idle)) await client.IdleAsync(done.Token);
        await client.DisconnectAsync(true);
    }

    private static async Task SmtpAsync(ManualClock clock, Random random, int harms)
    {
        await using var server = new FuzzedServer(new SmtpAnswers().To, random, harms);
        await using var guard = new SmtpGuardedStream(Transport(server, clock), default);
        using var client = new SmtpClient { LocalDomain = "127.0.0.1" };
        var message = new MimeMessage { Subject = "hi", Body = new TextPart("plain") { Text = "Hello.\r\n" } };
        message.From.Add(new MailboxAddress("", "ada@mail.test"));
        message.To.Add(new MailboxAddress("", "ben@mail.test"));
        message.To.Add(new MailboxAddress("", "cy@mail.test"));
        await guard.OpenAsync(client, CancellationToken.None);
        await client.AuthenticateAsync(new SaslMechanismPlain("ada", "s3cret-pass"));
        await client.SendAsync(message);
        await client.SendAsync(message);
        await client.DisconnectAsync(true);
    }

    private static async Task<string> EndOfAsync(Func<ManualClock, Random, int, Task> session, Random random, int harms)
    {
        try
        {
            return await Task.Run(() => EndInPlaceAsync(session, random, harms)).WaitAsync(MaxWork, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            return "unnamed: it works without end";
        }
    }

    private static async Task<string> EndInPlaceAsync(Func<ManualClock, Random, int, Task> session, Random random, int harms)
    {
        var clock = new ManualClock();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var ending = EndOfAsync(() => session(clock, random, harms));
        // The server goes on in place, so that what has not ended waits for it in vain.
        for (var waited = TimeSpan.Zero; !ending.IsCompleted && waited < MaxWait; waited += TimeSpan.FromMinutes(1)) clock.Advance(TimeSpan.FromMinutes(1));
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        if (!ending.IsCompleted) return "unnamed: it waits without end";
        return bytes > MaxBytes ? $"unnamed: {bytes / 1024 / 1024} MiB were allocated" : await ending;
    }

    private static async Task<string> EndOfAsync(Func<Task> session)
    {
        try
        {
            await session();
            return "done";
        }
        catch (MailServerException fault)
        {
            return $"{fault.Fault} {fault.Limit}";
        }
        catch (Exception e) when (e is ProtocolException or CommandException or AuthenticationException or SaslException or ServiceNotConnectedException or ServiceNotAuthenticatedException
            or FolderNotFoundException or FolderNotOpenException or MessageNotFoundException or NotSupportedException)
        {
            return e.GetType().Name;
        }
        catch (ArgumentException e) when (e.Source is "MailKit" or "MimeKit")
        {
            // "* 0 FETCH", or words of a BODYSTRUCTURE that MimeKit's setters do not take; who fetches has to fold this.
            return $"{e.GetType().Name} of {e.Source}";
        }
        catch (Exception e)
        {
            return $"unnamed {e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n')[0].Trim()}";
        }
    }

    private static Mail.Net.MailTransport Transport(Stream server, ManualClock clock)
    {
        var options = new MailTransportOptions { Time = clock, AllowPlaintext = true };
        return new Mail.Net.MailTransport(server, null, new MailClock(options.Time, options.Timeouts), options);
    }
}
