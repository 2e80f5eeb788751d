using System.Globalization;
using Spectre.Console;

namespace Postmill.Host.Cli;

/// <summary>Where a command writes, and what it may ask.</summary>
internal sealed record Terminal(TextWriter Out, TextWriter Error)
{
    /// <summary>In a pipe or a file there is no edge to break lines at.</summary>
    private const int NoEdge = 240;

    public static Terminal Ours => new(Console.Out, Console.Error);

    public TextReader In { get; init; } = Console.In;

    /// <summary>For bytes that are no text.</summary>
    public Func<Stream> OpenOut { get; init; } = Console.OpenStandardOutput;

    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>For bars that move: where somebody looks at what is not the output, else null.</summary>
    public Func<IAnsiConsole?> OpenBars { get; init; } = static () =>
        Console.IsErrorRedirected ? null : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    private bool Seen => ReferenceEquals(Out, Console.Out) && !Console.IsOutputRedirected;

    /// <summary>Somebody sits here who can be asked.</summary>
    public bool Interactive => Seen && ReferenceEquals(In, Console.In) && !Console.IsInputRedirected;

    /// <summary>For tables: colours and line breaks only where somebody looks.</summary>
    public IAnsiConsole Drawing()
    {
        var drawing = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Out), Ansi = Seen ? AnsiSupport.Detect : AnsiSupport.No });
        if (!Seen) drawing.Profile.Width = NoEdge;
        return drawing;
    }

    /// <summary>Text of somebody else as one line on a screen: control characters could drive the terminal, others turn the line around or hide.</summary>
    public static string Plain(string text) => Replace(text, static c => !Unseen(c));

    /// <summary>Likewise, of several lines.</summary>
    public static string PlainLines(string text) => Replace(text.ReplaceLineEndings("\n"), static c => c is '\n' or '\t' || !Unseen(c));

    /// <summary>One line of at most so many characters.</summary>
    public static string Plain(string? text, int most) => Plain(text is null ? "" : text.Length > most ? text[..(most - 1)] + "…" : text);

    private static bool Unseen(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Replace(string text, Func<char, bool> keep) => string.Create(text.Length, (text, keep), static (line, given) =>
    {
        for (var i = 0; i < line.Length; i++) line[i] = given.keep(given.text[i]) ? given.text[i] : '?';
    });
}
