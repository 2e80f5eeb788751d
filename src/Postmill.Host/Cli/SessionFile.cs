using System.Text.Json;

namespace Postmill.Host.Cli;

/// <summary>The session that <c>postmill login</c> keeps, readable by its owner alone.</summary>
/// <param name="Url">Where it is open; it is sent nowhere else.</param>
/// <param name="Email">Whose it is.</param>
/// <param name="Token">A secret.</param>
/// <param name="ExpiresAt">When it ends.</param>
internal sealed record SavedSession(string Url, string Email, string Token, DateTimeOffset ExpiresAt);

/// <summary><c>$XDG_CONFIG_HOME/postmill/session.json</c>.</summary>
internal sealed class SessionFile(Terminal terminal)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersToo = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public string Path { get; } = System.IO.Path.Combine(ConfigDirectory(terminal), "postmill", "session.json");

    /// <summary>Null when there is none.</summary>
    /// <exception cref="CommandException">It is not as this program left it.</exception>
    public SavedSession? Read()
    {
        try
        {
            if (!File.Exists(Path)) return null;
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path) & OthersToo) != 0) throw new CommandException($"{Path} may be read by others: chmod 600 it, or remove it and log in again");
            if (new FileInfo(Path).Length > CommandLimits.SessionFileBytes) throw Broken();
            return JsonSerializer.Deserialize<SavedSession>(File.ReadAllText(Path)) is { Url: not null, Token: not null } session ? session : throw Broken();
        }
        catch (JsonException)
        {
            throw Broken();
        }
    }

    public void Write(SavedSession session)
    {
        var directory = System.IO.Path.GetDirectoryName(Path)!;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);
        // A new file under another name: the old one's mode does not matter, and nobody sees half of it.
        var next = Path + ".new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using (var file = new FileStream(next, options)) JsonSerializer.Serialize(file, session);
        File.Move(next, Path, overwrite: true);
    }

    public void Delete()
    {
        if (File.Exists(Path)) File.Delete(Path);
    }

    private CommandException Broken() => new($"{Path} cannot be read; remove it and log in again");

    private static string ConfigDirectory(Terminal terminal)
    {
        if (terminal.Environment("XDG_CONFIG_HOME") is { } given && System.IO.Path.IsPathRooted(given)) return given;
        return terminal.Environment("HOME") is { Length: > 0 } home ? System.IO.Path.Combine(home, ".config") : Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData);
    }
}
