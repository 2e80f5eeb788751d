using System.CommandLine;
using Postmill.Client;

namespace Postmill.Host.Cli;

/// <summary>Which mail of an account a command is about.</summary>
internal sealed class EmailFilterOptions
{
    private readonly Option<string?> _folder = new("--folder") { Description = "Of this folder only." };
    private readonly Option<string?> _direction = new("--direction") { Description = "Received or sent." };
    private readonly Option<bool?> _unread = Flag("--unread", "Not read yet; with false: read.");
    private readonly Option<bool?> _starred = Flag("--starred", "Starred; with false: not.");
    private readonly Option<bool?> _attachments = Flag("--attachments", "With attachments; with false: without.");
    private readonly Option<DateTimeOffset?> _after = new("--after") { Description = "Received later than this time (ISO 8601)." };
    private readonly Option<DateTimeOffset?> _before = new("--before") { Description = "Received before this time (ISO 8601)." };

    public EmailFilterOptions() => _direction.AcceptOnlyFromAmong("inbound", "outbound");

    private IEnumerable<Option> All => [_folder, _direction, _unread, _starred, _attachments, _after, _before];

    public void AddTo(Command command)
    {
        foreach (var option in All) command.Options.Add(option);
    }

    public bool AnyGiven(ParseResult line) => All.Any(option => line.GetResult(option) is { Implicit: false });

    public EmailFilter Read(ParseResult line) => new()
    {
        Folder = line.GetValue(_folder),
        Direction = line.GetValue(_direction),
        Unread = Flag(line, _unread),
        Starred = Flag(line, _starred),
        HasAttachments = Flag(line, _attachments),
        After = line.GetValue(_after),
        Before = line.GetValue(_before),
    };

    private static Option<bool?> Flag(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };

    // An option that stands alone means yes.
    private static bool? Flag(ParseResult line, Option<bool?> option) => line.GetResult(option) is { Tokens.Count: 0, Implicit: false } ? true : line.GetValue(option);
}
