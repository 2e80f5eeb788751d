using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Search;
using MailKit.Security;
using Postmill.Mail.Net;

// imap|smtp, port, TLS mode, PEM file of the authority, seconds for the greeting. Says how the session ended and the milliseconds of processor time that it took; that it says anything means
// that the process lives.
var endpoint = new MailEndpoint("127.0.0.1", int.Parse(args[1], CultureInfo.InvariantCulture), Enum.Parse<TlsMode>(args[2]));
var anchors = new X509Certificate2Collection();
anchors.ImportFromPemFile(args[3]);
var options = new MailTransportOptions
{
    AddressPolicy = AddressPolicy.Any,
    AllowPlaintext = true,
    TrustedCertificates = anchors,
    Timeouts = new MailTimeouts { Greeting = TimeSpan.FromSeconds(int.Parse(args[4], CultureInfo.InvariantCulture)) },
};
var before = Environment.CpuUsage.TotalTime;
var end = "done";
try
{
    if (args[0] == "imap") await ImapAsync();
    else await SmtpAsync();
}
catch (MailServerException fault)
{
    end = $"{fault.Fault} {fault.Limit}".TrimEnd();
}
catch (ProtocolException e)
{
    end = e.GetType().Name;
}
Console.WriteLine(end);
Console.WriteLine((int)(Environment.CpuUsage.TotalTime - before).TotalMilliseconds);

async Task ImapAsync()
{
    await using var guard = await ImapGuardedStream.ConnectAsync(endpoint, options, CancellationToken.None);
    using var client = new ImapClient();
    await guard.OpenAsync(client, CancellationToken.None);
    await client.AuthenticateAsync(new SaslMechanismPlain("ada", "s3cret-pass"));
    await client.Inbox!.OpenAsync(FolderAccess.ReadOnly);
    await client.Inbox.FetchAsync(0, -1, MessageSummaryItems.BodyStructure);
    await client.Inbox.SearchAsync(SearchQuery.All);
    using var done = new CancellationTokenSource();
    await client.IdleAsync(done.Token);
}

async Task SmtpAsync()
{
    await using var guard = await SmtpGuardedStream.ConnectAsync(endpoint, options, "[127.0.0.1]", CancellationToken.None);
    using var client = new SmtpClient();
    await guard.OpenAsync(client, CancellationToken.None);
    await client.NoOpAsync();
}
