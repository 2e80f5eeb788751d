using System.CommandLine;
using System.Globalization;
using System.Text;
using Postmill.Client;

namespace Postmill.Host.Cli;

/// <summary><c>postmill emails save</c>: bytes of a mail into a file.</summary>
internal static class SaveCommand
{
    public static Command Create(ServiceOptions service)
    {
        var id = new Argument<string>("email") { Description = "Its id." };
        var part = new Option<string?>("--part") { Description = "The id of one part, as emails show lists it. Default: the whole mail as it came." };
        var output = new Option<string?>("--output", "-o") { Description = "The file; - is the standard output. Default: the name that the mail suggests, in this directory." };
        var force = new Option<bool>("--force") { Description = "Replace a file of that name." };
        var save = new Command("save", "Save a mail, or one part of it. A line that breaks is taken up again.") { id, part, output, force };
        service.Run(save, async (session, line, cancellationToken) =>
        {
            var email = line.GetRequiredValue(id);
            await using var content = line.GetValue(part) is { } partId
                ? await session.Client.Emails.OpenPartAsync(email, partId, cancellationToken: cancellationToken)
                : await session.Client.Emails.OpenRawAsync(email, cancellationToken: cancellationToken);
            if (line.GetValue(output) == "-")
            {
                await using var bytes = session.Terminal.OpenOut();
                await content.Stream.CopyToAsync(bytes, cancellationToken);
                return ExitCodes.Done;
            }
            var path = line.GetValue(output) ?? Suggested(content);
            await WriteAsync(content, path, line.GetValue(force), cancellationToken);
            if (session.Json) await session.WriteJsonAsync(new { path, size = new FileInfo(path).Length });
            else await session.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"saved {path}, {new FileInfo(path).Length} bytes"));
            return ExitCodes.Done;
        });
        return save;
    }

    /// <summary>The sender's name for it as one that can stand in this directory: no path, nothing hidden, nothing unseen.</summary>
    public static string Suggested(EmailContent content) => Suggested(content.FileName);

    public static string Suggested(string? name)
    {
        var plain = new StringBuilder();
        foreach (var c in Terminal.Plain(name ?? "")) plain.Append(char.IsSurrogate(c) || c is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|' ? '_' : c);
        var safe = plain.ToString().TrimStart('.', ' ', '-').TrimEnd('.', ' ');
        if (safe.Length > CommandLimits.FileName)
        {
            var extension = Path.GetExtension(safe);
            if (extension.Length > 10) extension = "";
            safe = safe[..(CommandLimits.FileName - extension.Length)] + extension;
        }
        return safe.Length == 0 ? "mail.bin" : safe;
    }

    private static async Task WriteAsync(EmailContent content, string path, bool force, CancellationToken cancellationToken)
    {
        if (!force && File.Exists(path)) throw new CommandException($"{path} is there already; --force replaces it", ExitCodes.Wrong);
        // Whoever finds the file under its name finds all of it.
        var unfinished = path + ".part";
        try
        {
            await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write)) await content.Stream.CopyToAsync(file, cancellationToken);
            File.Move(unfinished, path, force);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
