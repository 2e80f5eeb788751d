using System.CommandLine;
using Postmill.Client;
using Postmill.Domain;
using Spectre.Console;

namespace Postmill.Host.Cli;

/// <summary><c>postmill accounts …</c>.</summary>
internal static class AccountsCommand
{
    public static Command Create(ServiceOptions service)
    {
        var accounts = service.AddTo(new Command("accounts", $"Connected mailboxes.\n{ServiceOptions.Codes}"));
        var list = new Command("list", "All of them; also when accounts stands alone.");
        accounts.Subcommands.Add(list);
        accounts.Subcommands.Add(Connect(service));
        accounts.Subcommands.Add(Disconnect(service));
        service.Run(accounts, ListAsync);
        service.Run(list, ListAsync);
        return accounts;
    }

    private static async Task<int> ListAsync(ServiceSession session, ParseResult line, CancellationToken cancellationToken)
    {
        var accounts = await session.Client.Accounts.ListAsync(cancellationToken);
        if (session.Json)
        {
            foreach (var account in accounts) await session.WriteJsonAsync(account);
            return ExitCodes.Done;
        }
        var table = Tables.Of("email", "name", "status", "default", "imap", "smtp", "id");
        foreach (var account in accounts)
            Tables.Row(table, account.Email, account.Name, Status(account), account.IsDefault ? "yes" : "", $"{account.ImapHost}:{account.ImapPort}", $"{account.SmtpHost}:{account.SmtpPort}", account.Id);
        session.Terminal.Drawing().Write(table);
        foreach (var account in accounts.Where(a => a.LastError is not null)) await session.WriteLineAsync($"{account.Email}: {account.LastError}");
        return ExitCodes.Done;
    }

    private static string Status(Account account) => account switch
    {
        { RequiresManualIntervention: true } => $"{account.SyncStatus}, needs you",
        { NextRetryAt: { } next } => $"{account.SyncStatus}, again at {WireTime.Format(next)}",
        _ => account.SyncStatus,
    };

    private static Command Connect(ServiceOptions service)
    {
        var email = new Argument<string>("email") { Description = "The mailbox's address." };
        var imap = new Option<string>("--imap") { Description = "host or host:port (993).", Required = true };
        var smtp = new Option<string>("--smtp") { Description = "host or host:port (465).", Required = true };
        var user = new Option<string?>("--username") { Description = "At both servers. Default: the address." };
        var name = new Option<string?>("--name") { Description = "As you call it." };
        var imapTls = Tls("--imap-tls", 993);
        var smtpTls = Tls("--smtp-tls", 465);
        var stdin = new Option<bool>("--password-stdin") { Description = "The mailbox's password is the first line of the standard input. Otherwise it is asked for, without echo." };
        var connect = new Command("connect", "Connect a mailbox; the service logs in to both servers before it saves anything.") { email, imap, smtp, user, name, imapTls, smtpTls, stdin };
        service.Run(connect, async (session, line, cancellationToken) =>
        {
            var address = line.GetRequiredValue(email);
            var (imapHost, imapPort) = Server(line.GetRequiredValue(imap), 993);
            var (smtpHost, smtpPort) = Server(line.GetRequiredValue(smtp), 465);
            var password = await SecretInput.ReadAsync(session.Terminal, $"Password of {address}:", line.GetValue(stdin), cancellationToken);
            var account = await session.Client.Accounts.ConnectAsync(
                new NewAccount(address, imapHost, imapPort, smtpHost, smtpPort, line.GetValue(user) ?? address, password)
                {
                    Name = line.GetValue(name),
                    ImapTls = line.GetValue(imapTls),
                    SmtpTls = line.GetValue(smtpTls),
                }, cancellationToken: cancellationToken);
            if (session.Json) await session.WriteJsonAsync(account);
            else await session.WriteLineAsync($"connected {account.Email} ({account.Id})");
            return ExitCodes.Done;
        });
        return connect;
    }

    private static Command Disconnect(ServiceOptions service)
    {
        var named = new Argument<string>("account") { Description = "Its id or address." };
        var disconnect = new Command("disconnect", "Disconnect a mailbox; mail that was synced stays readable, and connecting it again takes it up again.") { named };
        service.Run(disconnect, async (session, line, cancellationToken) =>
        {
            var account = await session.AccountAsync(line.GetRequiredValue(named), cancellationToken);
            await session.Client.Accounts.DisconnectAsync(account, cancellationToken);
            if (!session.Json) await session.WriteLineAsync($"disconnected {account}; its mail: postmill emails list {account}");
            return ExitCodes.Done;
        });
        return disconnect;
    }

    private static Option<string?> Tls(string name, int port)
    {
        var tls = new Option<string?>(name) { Description = $"How TLS begins. Default: implicit on {port}, else starttls." };
        tls.AcceptOnlyFromAmong("implicit", "starttls", "none");
        return tls;
    }

    private static (string Host, int Port) Server(string given, int otherwise)
    {
        var colon = given.LastIndexOf(':');
        // An IPv6 address has more than one colon; with a port it stands in brackets.
        if (colon < 0 || (given.IndexOf(':', StringComparison.Ordinal) != colon && !given.StartsWith('['))) return (given, otherwise);
        if (given.EndsWith(']')) return (given.Trim('[', ']'), otherwise);
        return int.TryParse(given.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var port)
            ? (given[..colon].Trim('[', ']'), port)
            : throw new CommandException($"{given} is no server: give host or host:port");
    }
}
