using System.CommandLine;
using System.Globalization;
using System.Net;
using Postmill.Client;

namespace Postmill.Host.Cli;

/// <summary><c>postmill export</c>: an account's mail as one file, here.</summary>
internal static class ExportCommand
{
    private const string Making = "making the export", Waiting = "waiting to try again", Fetching = "fetching it";

    public static Command Create(ServiceOptions service)
    {
        var named = new Argument<string?>("account") { Description = "Its id or address. Default: the default account.", Arity = ArgumentArity.ZeroOrOne };
        var format = new Option<string>("--format") { Description = "An mbox, or a zip of one file for each mail. Default: mbox." };
        format.AcceptOnlyFromAmong("mbox", "zip");
        var filter = new EmailFilterOptions();
        var output = new Option<string?>("--output", "-o") { Description = "The file; - is the standard output. Default: the name that the service gives, in this directory." };
        var force = new Option<bool>("--force") { Description = "Replace a file of that name." };
        var resume = new Option<string?>("--resume") { Description = "The id of an export that was asked for already: it goes on where its download was cut." };
        var keep = new Option<bool>("--keep") { Description = "Leave the export at the service; else it is deleted there once it is here." };
        var export = new Command(
            "export", $"Save an account's mail as one file: made by the service, fetched from there. A line that breaks is taken up again.\n{ServiceOptions.Codes}")
        {
            named, format, output, force, resume, keep,
        };
        filter.AddTo(export);
        service.Run(service.AddTo(export), async (session, line, cancellationToken) =>
        {
            var file = new ExportFile(line.GetValue(output), line.GetValue(force), session.Terminal);
            file.Check();
            var id = line.GetValue(resume);
            if (id is null)
            {
                var account = await session.AccountAsync(line.GetValue(named), cancellationToken);
                var asked = await session.Client.Exports.CreateAsync(account, line.GetValue(format) ?? "mbox", filter.Read(line), cancellationToken: cancellationToken);
                id = asked.ExportId;
            }
            else if (line.GetValue(named) is not null || line.GetValue(format) is not null || filter.AnyGiven(line))
            {
                throw new CommandException("--resume says already which mail it is: give it without an account, a format and a filter");
            }
            await FetchAsync(session, id, file, cancellationToken);
            if (!line.GetValue(keep)) await DeleteAsync(session, id, cancellationToken);
            return ExitCodes.Done;
        });
        return export;
    }

    private static async Task FetchAsync(ServiceSession session, string id, ExportFile file, CancellationToken cancellationToken)
    {
        try
        {
            var export = await session.Terminal.WithBarsAsync(async report =>
            {
                var ready = await ReadyAsync(session, id, report, cancellationToken);
                await file.FetchAsync(session.Client.Exports, ready, done => report(Fetching, done, ready.Size ?? 0), cancellationToken);
                return ready;
            });
            if (file.Path is not { } path) return;
            if (session.Json) await session.WriteJsonAsync(new { export_id = id, path, size = export.Size, messages = export.Messages });
            else await session.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"exported {export.Messages} mails to {path}, {export.Size} bytes"));
        }
        catch (Exception e) when (MayGoOn(e))
        {
            var where = file.Path is { } path ? $" --output {path}" : "";
            await session.Terminal.Error.WriteLineAsync(Terminal.Plain($"postmill: it can go on: postmill export --resume {id}{where}"));
            throw;
        }
    }

    private static async Task<Export> ReadyAsync(ServiceSession session, string id, Action<string, long, long> report, CancellationToken cancellationToken)
    {
        await foreach (var export in session.Client.Exports.FollowAsync(id, cancellationToken))
        {
            if (export.IsReady) return export;
            if (!export.IsOpen) throw new CommandException($"the export is {export.State}{Reason(export)}", ExitCodes.Wrong);
            report(export.State == "retrying" ? Waiting : Making, export.Progress?.Done ?? 0, export.Progress?.Total ?? 0);
        }
        throw new CommandException("the export did not come to an end", ExitCodes.Wrong);
    }

    private static string Reason(Export export) => export.LastErrorCode is { } code ? $": {export.LastErrorDetail} [{code}]" : "";

    /// <summary>The export is there still, or comes; what failed is the way to it.</summary>
    private static bool MayGoOn(Exception e) =>
        e is IOException or UnauthorizedAccessException or OperationCanceledException
        or PostmillException { Status: null or HttpStatusCode.Unauthorized or >= HttpStatusCode.TooManyRequests };

    // It is here: that it stays there too, until it expires, is no failure.
    private static async Task DeleteAsync(ServiceSession session, string id, CancellationToken cancellationToken)
    {
        try
        {
            await session.Client.Exports.DeleteAsync(id, cancellationToken);
        }
        catch (PostmillException e)
        {
            await session.Terminal.Error.WriteLineAsync(Terminal.Plain($"postmill: the export {id} is still at the service and expires there ({e.Message})"));
        }
    }
}
