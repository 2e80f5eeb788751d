using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Postmill.Protocols.Net;
using Postmill.Testing;

namespace Postmill.Protocols.Tests.Net;

/// <summary>
/// MailKit's clients over the guard, and mutated servers: a session ends in a result or in a fault that has a name, never in anything else. The seed of a failing round is in its message;
/// <c>POSTMILL_FUZZ_ROUNDS</c> makes more rounds.
/// </summary>
public sealed class GuardFuzzTests
{
    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("POSTMILL_FUZZ_ROUNDS"), out var rounds) ? rounds : 1000;

    [Fact]
    public async Task Unharmed_sessions_go_to_their_end()
    {
        Assert.Equal("done", await ImapAsync(new FuzzedServer(ImapAnswer, new Random(1), harms: 0)));
        Assert.Equal("done", await SmtpAsync(new Random(1), harms: 0));
    }

    [Fact]
    public async Task Mutated_IMAP_servers_end_in_a_result_or_a_named_fault() => await EachAsync(random => ImapAsync(new FuzzedServer(ImapAnswer, random, harms: 200)));

    [Fact]
    public async Task Mutated_SMTP_servers_end_in_a_result_or_a_named_fault() => await EachAsync(random => SmtpAsync(random, harms: 200));

    private static async Task EachAsync(Func<Random, Task<string>> session)
    {
        var unnamed = new Dictionary<string, int>();
        var ends = new Dictionary<string, int>();
        for (var seed = 0; seed < Rounds; seed++)
        {
            var end = await session(new Random(seed));
            ends[end] = ends.GetValueOrDefault(end) + 1;
            if (end.StartsWith("unnamed", StringComparison.Ordinal)) unnamed.TryAdd(end, seed);
        }
        Assert.True(unnamed.Count == 0, string.Join('\n', unnamed.Select(one => $"seed {one.Value}: {one.Key}")));
        // Both happen: the harm is neither too much nor too little to be a test.
        Assert.True(ends.ContainsKey("done") && ends.Count > 2, string.Join(", ", ends));
    }

    private static async Task<string> ImapAsync(Stream server)
    {
        await using var guard = new ImapGuardedStream(Transport(server), default);
        using var client = new ImapClient();
        return await EndOfAsync(async () =>
        {
            await client.ConnectAsync(guard, "mail.test", 143, SecureSocketOptions.None);
            await client.AuthenticateAsync(new SaslMechanismPlain("ada", "s3cret-pass"));
            await client.Inbox!.OpenAsync(FolderAccess.ReadWrite);
            await client.Inbox.FetchAsync(0, -1, MessageSummaryItems.UniqueId | MessageSummaryItems.Flags | MessageSummaryItems.InternalDate | MessageSummaryItems.BodyStructure | MessageSummaryItems.Envelope);
            await client.Inbox.SearchAsync(MailKit.Search.SearchQuery.All);
            using (await client.Inbox.GetStreamAsync(new UniqueId(7, 1))) await client.NoOpAsync();
            await client.GetFoldersAsync(client.PersonalNamespaces.Count > 0 ? client.PersonalNamespaces[0] : new FolderNamespace('/', ""));
            await client.DisconnectAsync(true);
        });
    }

    private static async Task<string> SmtpAsync(Random random, int harms)
    {
        var answers = new SmtpAnswers();
        await using var server = new FuzzedServer(answers.To, random, harms, () => answers.IsContent);
        await using var guard = new SmtpGuardedStream(Transport(server), default);
        using var client = new SmtpClient { LocalDomain = "127.0.0.1" };
        var message = new MimeMessage { Subject = "hi", Body = new TextPart("plain") { Text = "Hello.\r\n" } };
        message.From.Add(new MailboxAddress("", "ada@mail.test"));
        message.To.Add(new MailboxAddress("", "ben@mail.test"));
        message.To.Add(new MailboxAddress("", "cy@mail.test"));
        return await EndOfAsync(async () =>
        {
            await client.ConnectAsync(guard, "mail.test", 587, SecureSocketOptions.None);
            await client.AuthenticateAsync(new SaslMechanismPlain("ada", "s3cret-pass"));
            await client.SendAsync(message);
            await client.SendAsync(message);
            await client.DisconnectAsync(true);
        });
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
        catch (Exception e)
        {
            return $"unnamed {e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n')[0].Trim()}";
        }
    }

    private static Protocols.Net.MailTransport Transport(Stream server)
    {
        var options = new MailTransportOptions { Time = new ManualClock(), AllowPlaintext = true };
        return new Protocols.Net.MailTransport(server, null, new MailClock(options.Time, options.Timeouts), options);
    }

    private static string? ImapAnswer(string line)
    {
        if (line.Length == 0) return "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] Dovecot ready.\r\n";
        if (line.Split(' ') is not [var tag, var verb, ..]) return null;
        return verb switch
        {
            "CAPABILITY" or "AUTHENTICATE" => $"* CAPABILITY IMAP4rev1 NAMESPACE UIDPLUS SPECIAL-USE CONDSTORE\r\n{tag} OK done\r\n",
            "NAMESPACE" => $"* NAMESPACE ((\"\" \"/\")) NIL ((\"Public/\" \"/\"))\r\n{tag} OK\r\n",
            "LIST" => $"* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent \\\"Mail\\\"\"\r\n* LIST () NIL {{5}}\r\nINBOX\r\n{tag} OK\r\n",
            "SELECT" => $"* 2 EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Deleted $Junk)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] ok\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 3] ok\r\n* OK [HIGHESTMODSEQ 9] ok\r\n{tag} OK [READ-WRITE] open\r\n",
            "FETCH" => $"* 1 FETCH (UID 1 FLAGS (\\Seen) INTERNALDATE \"15-Jan-2026 10:00:00 +0000\" ENVELOPE (\"Thu, 15 Jan 2026 10:00:00 +0000\" {{5}}\r\nhello ((\"A\" NIL \"ada\" \"mail.test\")) NIL NIL ((NIL NIL \"ben\" \"mail.test\")) NIL NIL NIL \"<1@mail.test>\") BODYSTRUCTURE ((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 9 1 NIL NIL NIL NIL)(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 50 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) (\"text\" \"html\" NIL NIL NIL \"8bit\" 5 1) 3) \"mixed\" (\"boundary\" \"b\") NIL NIL NIL))\r\n* 2 FETCH (UID 2 FLAGS ())\r\n{tag} OK done\r\n",
            "UID" when line.Contains("SEARCH", StringComparison.Ordinal) => $"* SEARCH 1 2\r\n{tag} OK done\r\n",
            "UID" => $"* 1 FETCH (UID 1 BODY[] {{26}}\r\nSubject: hi\r\n\r\nHello ((.\r\n)\r\n{tag} OK done\r\n",
            "LOGOUT" => $"* BYE bye\r\n{tag} OK done\r\n",
            _ => $"{tag} OK [ALERT] done\r\n",
        };
    }

    private sealed class SmtpAnswers
    {
        public bool IsContent { get; private set; }

        public string? To(string line)
        {
            if (IsContent)
            {
                IsContent = line != ".";
                return IsContent ? null : "250 2.0.0 queued\r\n";
            }
            IsContent = line == "DATA";
            return line.Split(' ')[0] switch
            {
                "" => "220-mail.test ESMTP\r\n220 no spam\r\n",
                "EHLO" => "250-mail.test\r\n250-SIZE 35882577\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n",
                "AUTH" => "235 2.7.0 welcome\r\n",
                "DATA" => "354 go\r\n",
                "QUIT" => "221 2.0.0 bye\r\n",
                _ => "250 2.1.0 ok\r\n",
            };
        }
    }
}
