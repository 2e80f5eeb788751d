using Spectre.Console;

namespace Postmill.Host.Cli;

/// <summary>Where a command writes.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error)
{
    /// <summary>In a pipe or a file there is no edge to break lines at.</summary>
    private const int NoEdge = 240;

    public static Terminal Ours => new(Console.Out, Console.Error);

    /// <summary>For tables: colours and line breaks only where somebody looks.</summary>
    public IAnsiConsole Drawing()
    {
        var seen = ReferenceEquals(Out, Console.Out) && !Console.IsOutputRedirected;
        var drawing = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Out), Ansi = seen ? AnsiSupport.Detect : AnsiSupport.No });
        if (!seen) drawing.Profile.Width = NoEdge;
        return drawing;
    }

    /// <summary>Text of somebody else, as it may stand on a screen: control characters could drive the terminal.</summary>
    public static string Plain(string text) => string.Create(text.Length, text, static (line, source) =>
    {
        for (var i = 0; i < source.Length; i++) line[i] = char.IsControl(source[i]) ? '?' : source[i];
    });
}
