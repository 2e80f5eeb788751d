using System.CommandLine;
using Postmill.Client;

namespace Postmill.Host.Cli;

/// <summary>What every command takes that asks a service, and the edge at which its faults become a line and an exit code.</summary>
internal sealed class ServiceOptions
{
    public const string Codes = "Exit code: 0 done; 1 the service refused, failed or could not be reached; 2 the command line is wrong.";
    private const string DefaultUrl = "http://127.0.0.1:8080";
    private const string KeyPrefix = "msk_";

    private readonly Terminal _terminal;
    private readonly Option<string?> _url = new("--url") { Description = $"The service. Default: POSTMILL_URL, else where you are logged in, else {DefaultUrl}.", Recursive = true };
    private readonly Option<string?> _token = new("--token") { Description = "A session's token. Default: POSTMILL_TOKEN (not seen by other users of this machine), else that of postmill login.", Recursive = true };
    private readonly Option<bool> _json = new("--json") { Description = "For scripts: one JSON object on each line, with the API's own fields.", Recursive = true };

    public ServiceOptions(Terminal terminal) => _terminal = terminal;

    public Command AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_token);
        command.Options.Add(_json);
        return command;
    }

    public void Run(Command command, Func<ServiceSession, ParseResult, CancellationToken, Task<int>> work) => command.SetAction(async (line, cancellationToken) =>
    {
        try
        {
            using var session = Open(line);
            return await work(session, line, cancellationToken);
        }
        catch (CommandException e)
        {
            return await EndAsync(e.Code, e.Message);
        }
        catch (PostmillException e)
        {
            return await EndAsync(ExitCodes.Wrong, Text(e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await EndAsync(ExitCodes.Wrong, e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await EndAsync(ExitCodes.Wrong, "interrupted");
        }
    });

    private ServiceSession Open(ParseResult line)
    {
        var file = new SessionFile(_terminal);
        var saved = Given(line.GetValue(_token), "POSTMILL_TOKEN") is null || Given(line.GetValue(_url), "POSTMILL_URL") is null ? file.Read() : null;
        var url = Address(Given(line.GetValue(_url), "POSTMILL_URL") ?? saved?.Url ?? DefaultUrl);
        // A session goes to the service that gave it, and to no other.
        var token = Given(line.GetValue(_token), "POSTMILL_TOKEN") ?? (saved is not null && Uri.TryCreate(saved.Url, UriKind.Absolute, out var at) && at == url ? saved.Token : null);
        if (token is not null && (token.Length > CommandLimits.SecretLength || token.Any(c => c is <= ' ' or > '~'))) throw new CommandException("the token is none: it must be one word of ASCII");
        var isKey = token?.StartsWith(KeyPrefix, StringComparison.Ordinal) is true;
        var options = new PostmillClientOptions { Clock = _terminal.Clock, Session = isKey ? null : token, ApiKey = isKey ? token : null };
        return new ServiceSession(url, options, file, _terminal, line.GetValue(_json));
    }

    private string? Given(string? option, string variable) => option ?? (_terminal.Environment(variable) is { Length: > 0 } value ? value : null);

    private static Uri Address(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0
        ? address
        : throw new CommandException("--url must be an address like https://mail.example.org, without a user in it");

    private static string Text(PostmillException e)
    {
        var fields = string.Concat(e.FieldErrors.Select(field => $"; {field.Key}: {string.Join(", ", field.Value)}"));
        var hint = e.Code == "unauthorized" ? " (postmill login)" : "";
        return $"{e.Message}{hint} [{e.Code}]{(e.FieldErrors.Count > 0 ? fields : "")}";
    }

    private async Task<int> EndAsync(int code, string line)
    {
        await _terminal.Error.WriteLineAsync($"postmill: {Terminal.Plain(line.ReplaceLineEndings(" "))}");
        return code;
    }
}
