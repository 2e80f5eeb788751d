using Spectre.Console;

namespace Postmill.Host.Cli;

/// <summary>Tables of texts that somebody else wrote: a cell is text, never markup, and one line.</summary>
internal static class Tables
{
    public static Table Of(params string[] columns)
    {
        var table = new Table { Border = TableBorder.Minimal };
        table.AddColumns(columns);
        return table;
    }

    public static void Row(Table table, params string?[] cells) => table.AddRow(cells.Select(cell => new Text(Terminal.Plain(cell ?? ""))));
}
