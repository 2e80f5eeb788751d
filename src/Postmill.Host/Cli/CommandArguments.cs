namespace Postmill.Host.Cli;

/// <summary>
/// A command's line in two parts: settings as the host takes them (<c>--Postmill:Section:Name=value</c>, or the value as the next word), and the rest. Only a setting
/// has a colon in its name.
/// </summary>
internal sealed record CommandArguments(string[] Own, string[] Settings)
{
    public static CommandArguments Split(IReadOnlyList<string> arguments)
    {
        var own = new List<string>();
        var settings = new List<string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var word = arguments[i];
            var name = word.Split('=')[0];
            if (!name.StartsWith("--", StringComparison.Ordinal) || !name.Contains(':', StringComparison.Ordinal))
            {
                own.Add(word);
                continue;
            }
            settings.Add(word);
            if (name.Length == word.Length && i + 1 < arguments.Count) settings.Add(arguments[++i]);
        }
        return new CommandArguments([.. own], [.. settings]);
    }
}
