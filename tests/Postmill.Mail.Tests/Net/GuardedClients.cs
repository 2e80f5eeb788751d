using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using Postmill.Mail.Net;
using Postmill.Mail.Tests.Smtp;
using Postmill.Testing;

namespace Postmill.Mail.Tests.Net;

/// <summary>MailKit's clients over the guard, connected to a scripted server.</summary>
internal static class GuardedClients
{
    public static async Task<(ImapClient Client, ImapGuardedStream Guard)> ConnectImapAsync(this ScriptedSmtpServer server, TlsMode tls, GuardLimits? limits = null, TimeProvider? time = null)
    {
        var guard = await ImapGuardedStream.ConnectAsync(server.Endpoint(tls), ScriptedSmtpServer.Options(time).Transport, CancellationToken.None, limits);
        var client = new ImapClient();
        await guard.OpenAsync(client, CancellationToken.None);
        return (client, guard);
    }

    public static async Task<(SmtpClient Client, SmtpGuardedStream Guard)> ConnectSmtpAsync(this ScriptedSmtpServer server, TlsMode tls, GuardLimits? limits = null, TimeProvider? time = null)
    {
        var guard = await SmtpGuardedStream.ConnectAsync(server.Endpoint(tls), ScriptedSmtpServer.Options(time).Transport, "[127.0.0.1]", CancellationToken.None, limits);
        var client = new SmtpClient { LocalDomain = "127.0.0.1" };
        await guard.OpenAsync(client, CancellationToken.None);
        return (client, guard);
    }

    /// <summary>The fault that ends the task, wherever in MailKit it was met.</summary>
    public static Task<MailServerException> FaultOf(Func<Task> act) => Assert.ThrowsAsync<MailServerException>(act);

    /// <summary>Moves the clock by a second whenever the task has not ended for a moment.</summary>
    public static async Task WhileItWaitsAsync(Task waiting, ManualClock clock)
    {
        while (!waiting.IsCompleted)
        {
            await Task.WhenAny(waiting, Task.Delay(TimeSpan.FromMilliseconds(20)));
            if (!waiting.IsCompleted) clock.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
