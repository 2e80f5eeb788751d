using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Postmill.Host.Tests;
using Postmill.Host.Tests.Sync;

namespace Postmill.Client.Tests;

/// <summary>The example of the README: it is the text of <see cref="ExampleAsync"/>, and it runs.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void The_example_is_the_code_that_is_compiled_here()
    {
        var shown = Between(File.ReadAllText(Path.Combine(Here(), "../../src/Postmill.Client/README.md")), "```csharp\n", "```");
        var compiled = Between(File.ReadAllText(Path.Combine(Here(), "ReadmeTests.cs")), "// README\n", "        // end");
        Assert.Equal(shown, string.Concat(compiled.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[8..] + "\n")));
    }

    [Fact]
    public async Task The_example_runs()
    {
        await using var world = await MailWorld.StartAsync(new Dictionary<string, string> { ["Postmill:Live:KeyCheckSeconds"] = "0.1" });
        await world.Dovecot.DeliverAsync(world.Mailbox, Letter("before"));
        await world.ConnectAndSyncAsync();
        using var output = new StringWriter();
        var example = ExampleAsync(world.Host.Address, world.User.Email, SignedIn.Password, TextWriter.Synchronized(output));
        var sockets = world.Host.Services.GetRequiredService<Postmill.Host.Live.LiveSockets>();
        await Eventually.TrueAsync("the example follows the feed", () => Task.FromResult(example.IsCompleted || sockets.Count == 1));
        await world.Dovecot.DeliverAsync(world.Mailbox, Letter("news"));
        await Eventually.TrueAsync("the example shows the new mail", () => Task.FromResult(example.IsCompleted || output.ToString().Contains("news", StringComparison.Ordinal)));
        var keys = Clients.Of(world.Host, world.User).Keys;
        await keys.RevokeAsync((await keys.ListAsync()).Single().Id);
        var end = await Assert.ThrowsAsync<PostmillException>(() => example);
        Assert.Equal(4401, end.CloseCode);
        Assert.Matches("before\n(.*\n)*.*ann@example.org.*: news\n", output.ToString());
    }

    // The name of the last parameter lets the example write where a test can read it.
    private static async Task ExampleAsync(Uri address, string email, string password, TextWriter Console)
    {
        // README
        using var http = new HttpClient { BaseAddress = address };
        var client = new PostmillClient(http);
        await client.SignInAsync(email, password);
        var account = (await client.Accounts.ListAsync()).Single(a => a.IsDefault);
        await client.Sync.NowAsync(account.Id);
        await foreach (var mail in client.Emails.ListAsync(account.Id, new EmailFilter { Unread = true }).Take(20))
            Console.WriteLine($"{mail.ReceivedAt:g}  {mail.Subject}");
        var key = await client.Keys.CreateAsync(new NewApiKey("follower", ["read"]));
        var live = new PostmillClient(http, new PostmillClientOptions { ApiKey = key.Key }).Live;
        await foreach (var news in live.FollowAsync().OfType<EmailReceived>()) Console.WriteLine($"{news.From}: {news.Subject}");
        // end
    }

    private static byte[] Letter(string subject) => Encoding.UTF8.GetBytes($"From: ann@example.org\r\nTo: me@example.org\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.org>\r\n\r\nText.\r\n");

    private static string Between(string text, string begin, string end)
    {
        var from = text.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
