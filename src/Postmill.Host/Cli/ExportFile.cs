using Postmill.Client;

namespace Postmill.Host.Cli;

/// <summary>
/// Where an export goes. Its bytes gather in <c>FILE.ID.part</c>, which holds those of one export only, so that what is there needs not be fetched again;
/// whoever finds the file under its name finds all of it.
/// </summary>
/// <param name="output">Null: the name that the service suggests. A hyphen: the standard output.</param>
internal sealed class ExportFile(string? output, bool force, Terminal terminal)
{
    /// <summary>Null: not known yet, or the standard output.</summary>
    public string? Path { get; private set; } = output == "-" ? null : output;

    /// <exception cref="CommandException">It cannot be written there; said before anybody makes the export.</exception>
    public void Check()
    {
        if (Path is null) return;
        if (Path.Length == 0 || Directory.Exists(Path)) throw new CommandException("--output must name a file");
        if (!force && File.Exists(Path)) throw new CommandException($"{Path} is there already; --force replaces it", ExitCodes.Wrong);
        var directory = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path));
        if (!Directory.Exists(directory)) throw new CommandException($"the directory of {Path} is not there", ExitCodes.Wrong);
    }

    /// <param name="done">Hears how many bytes are here.</param>
    public async Task FetchAsync(ExportApi exports, Export export, Action<long> done, CancellationToken cancellationToken)
    {
        if (output == "-")
        {
            await using var content = await exports.OpenAsync(export.Id, cancellationToken: cancellationToken);
            await using var bytes = terminal.OpenOut();
            await CopyAsync(content, bytes, 0, done, cancellationToken);
            return;
        }
        if (Path is null)
        {
            Path = await SuggestedAsync(exports, export, cancellationToken);
            Check();
        }
        var unfinished = $"{Path}.{SaveCommand.Suggested(export.Id)}.part";
        await using (var file = new FileStream(unfinished, FileMode.OpenOrCreate, FileAccess.Write))
        {
            var have = file.Seek(0, SeekOrigin.End);
            if (have < export.Size || export.Size is null)
            {
                await using var content = await exports.OpenAsync(export.Id, have, cancellationToken);
                await CopyAsync(content, file, have, done, cancellationToken);
            }
            if (export.Size is { } size && file.Length != size) throw new CommandException($"{unfinished} is not what was exported; remove it", ExitCodes.Wrong);
        }
        File.Move(unfinished, Path, force);
    }

    private static async Task<string> SuggestedAsync(ExportApi exports, Export export, CancellationToken cancellationToken)
    {
        await using var content = await exports.OpenAsync(export.Id, cancellationToken: cancellationToken);
        return SaveCommand.Suggested(content);
    }

    private static async Task CopyAsync(EmailContent content, Stream to, long have, Action<long> done, CancellationToken cancellationToken)
    {
        var buffer = new byte[CommandLimits.CopyBytes];
        done(have);
        for (int read; (read = await content.Stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            done(have += read);
        }
    }
}
