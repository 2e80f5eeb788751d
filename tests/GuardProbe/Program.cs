using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Security;
using Postmill.Protocols.Net;

// imap|smtp, port, TLS mode, PEM file of the authority. Says how the session ended; that it says anything means that the process lives.
var endpoint = new MailEndpoint("127.0.0.1", int.Parse(args[1], CultureInfo.InvariantCulture), Enum.Parse<TlsMode>(args[2]));
var anchors = new X509Certificate2Collection();
anchors.ImportFromPemFile(args[3]);
var options = new MailTransportOptions { AddressPolicy = AddressPolicy.Any, AllowPlaintext = true, TrustedCertificates = anchors };
try
{
    if (args[0] == "imap") await ImapAsync();
    else await SmtpAsync();
    Console.WriteLine("done");
}
catch (MailServerException fault)
{
    Console.WriteLine($"{fault.Fault} {fault.Limit}");
}

async Task ImapAsync()
{
    await using var guard = await ImapGuardedStream.ConnectAsync(endpoint, options, CancellationToken.None);
    using var client = new ImapClient();
    await client.ConnectAsync(guard, endpoint.Host, endpoint.Port, SecureSocketOptions.None);
    await client.AuthenticateAsync(new SaslMechanismPlain("ada", "s3cret-pass"));
    await client.Inbox!.OpenAsync(FolderAccess.ReadOnly);
    await client.Inbox.FetchAsync(0, -1, MessageSummaryItems.BodyStructure);
    using var done = new CancellationTokenSource();
    await client.IdleAsync(done.Token);
}

async Task SmtpAsync()
{
    await using var guard = await SmtpGuardedStream.ConnectAsync(endpoint, options, "[127.0.0.1]", CancellationToken.None);
    using var client = new SmtpClient();
    await client.ConnectAsync(guard, endpoint.Host, endpoint.Port, SecureSocketOptions.None);
    await client.NoOpAsync();
}
