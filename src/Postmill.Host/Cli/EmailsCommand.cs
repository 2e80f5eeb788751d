using System.CommandLine;
using System.Globalization;
using Postmill.Client;
using Postmill.Domain;

namespace Postmill.Host.Cli;

/// <summary><c>postmill emails …</c>.</summary>
internal static class EmailsCommand
{
    public static Command Create(ServiceOptions service) => service.AddTo(new Command("emails", $"Synced mail.\n{ServiceOptions.Codes}")
    {
        List(service),
        Show(service),
        Body(service),
        SaveCommand.Create(service),
    });

    private static Command List(ServiceOptions service)
    {
        var named = new Argument<string?>("account") { Description = "Its id or address. Default: the default account.", Arity = ArgumentArity.ZeroOrOne };
        var filter = new EmailFilterOptions();
        var limit = Limit();
        var list = new Command("list", "An account's mail, newest first.") { named, limit };
        filter.AddTo(list);
        service.Run(list, async (session, line, cancellationToken) =>
        {
            var account = await session.AccountAsync(line.GetValue(named), cancellationToken);
            var most = line.GetValue(limit);
            await WriteAsync(session, session.Client.Emails.ListAsync(account, filter.Read(line), Math.Min(most, 100), cancellationToken).Take(most));
            return ExitCodes.Done;
        });
        return list;
    }

    public static Option<int> Limit()
    {
        var limit = new Option<int>("--limit") { Description = $"At most so many, 1 to {CommandLimits.ListedEmails}.", DefaultValueFactory = _ => 20 };
        limit.Validators.Add(given =>
        {
            if (given.Tokens.Count == 1 && (!int.TryParse(given.Tokens[0].Value, out var n) || n is < 1 or > CommandLimits.ListedEmails)) given.AddError($"--limit must be 1 to {CommandLimits.ListedEmails}");
        });
        return limit;
    }

    public static async Task WriteAsync(ServiceSession session, IAsyncEnumerable<Email> emails)
    {
        var table = Tables.Of("received", "from", "subject", "folder", "", "id");
        await foreach (var email in emails)
        {
            if (session.Json) await session.WriteJsonAsync(email);
            else Tables.Row(table, WireTime.Format(email.ReceivedAt), Sender(email), Terminal.Plain(email.Subject, CommandLimits.ShownSubject), Terminal.Plain(email.Folder, CommandLimits.ShownName), Marks(email), email.Id);
        }
        if (!session.Json) session.Terminal.Drawing().Write(table);
    }

    private static string Sender(Email email) => email.From is [var first, ..] ? Terminal.Plain(first.Name is { Length: > 0 } name ? name : first.Address, CommandLimits.ShownName) : "";

    private static string Marks(Email email) => $"{(email.IsRead ? "" : "new ")}{(email.IsStarred ? "star " : "")}{(email.HasAttachments ? "files" : "")}".TrimEnd();

    private static Command Show(ServiceOptions service)
    {
        var id = new Argument<string>("email") { Description = "Its id." };
        var show = new Command("show", "One mail without its body, and its parts.") { id };
        service.Run(show, async (session, line, cancellationToken) =>
        {
            var email = await session.Client.Emails.GetAsync(line.GetRequiredValue(id), cancellationToken);
            var parts = await session.Client.Emails.GetPartsAsync(email.Id, cancellationToken);
            if (session.Json)
            {
                await session.WriteJsonAsync(new { email, parts });
                return ExitCodes.Done;
            }
            foreach (var (name, value) in Fields(email)) if (value.Length > 0) await session.WriteLineAsync($"{name,-12}{value}");
            var table = Tables.Of("part", "type", "name", "bytes", "id");
            foreach (var part in parts) Tables.Row(table, part.PartPath, part.ContentType, part.FileName, part.Size.ToString(CultureInfo.InvariantCulture), part.Id);
            session.Terminal.Drawing().Write(table);
            return ExitCodes.Done;
        });
        return show;
    }

    private static (string Name, string Value)[] Fields(Email email) =>
    [
        ("subject", email.Subject ?? ""), ("from", Addresses(email.From)), ("to", Addresses(email.To)), ("cc", Addresses(email.Cc)), ("received", WireTime.Format(email.ReceivedAt)),
        ("folders", string.Join(", ", email.Folders)), ("flags", string.Join(' ', email.Flags)), ("message id", email.MessageId ?? ""), ("bytes", email.Size.ToString(CultureInfo.InvariantCulture)),
        ("account", email.AccountId), ("thread", email.ThreadId), ("id", email.Id),
    ];

    private static string Addresses(IReadOnlyList<EmailAddress> addresses) =>
        string.Join(", ", addresses.Select(a => a.Name is { Length: > 0 } name ? $"{name} <{a.Address}>" : a.Address));

    private static Command Body(ServiceOptions service)
    {
        var id = new Argument<string>("email") { Description = "Its id." };
        var html = new Option<bool>("--html") { Description = "Its HTML instead of its text." };
        var headers = new Option<bool>("--headers") { Description = "Its header fields instead." };
        var body = new Command("body", "What a mail says. Characters that could drive a terminal are shown as ?; postmill emails save has the bytes.") { id, html, headers };
        service.Run(body, async (session, line, cancellationToken) =>
        {
            var found = await session.Client.Emails.GetBodyAsync(line.GetRequiredValue(id), cancellationToken);
            if (session.Json)
            {
                await session.WriteJsonAsync(found);
                return ExitCodes.Done;
            }
            if (line.GetValue(headers))
            {
                foreach (var (name, values) in found.Headers) foreach (var value in values) await session.WriteLineAsync($"{name}: {value}");
                return ExitCodes.Done;
            }
            var text = (line.GetValue(html) ? found.Html : found.Text) ?? throw new CommandException(line.GetValue(html) ? "this mail has no HTML" : "this mail has no text; --html shows its HTML", ExitCodes.Wrong);
            await session.Terminal.Out.WriteLineAsync(Terminal.PlainLines(text).TrimEnd('\n'));
            return ExitCodes.Done;
        });
        return body;
    }
}
