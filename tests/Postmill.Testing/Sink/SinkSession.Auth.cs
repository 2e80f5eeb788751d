using System.Text;

namespace Postmill.Testing.Sink;

/// <summary>AUTH PLAIN (RFC 4616) and LOGIN.</summary>
internal sealed partial class SinkSession
{
    private async Task LogInAsync(string argument, CancellationToken ct)
    {
        sink.Count(SinkPhase.Auth);
        var words = argument.Split(' ');
        var (user, password) = words[0].ToUpperInvariant() switch
        {
            "PLAIN" => PlainLogin(words.Length > 1 ? Decoded(words[1]) : await AskAsync("", ct)),
            "LOGIN" => (words.Length > 1 ? Decoded(words[1]) : await AskAsync("Username:", ct), await AskAsync("Password:", ct)),
            _ => (null, null),
        };
        var isRight = user is { Length: > 0 } && (Options.Password is null || Options.Password == password);
        if (await AnswerAsync(SinkPhase.Auth, isRight ? "235 2.7.0 welcome" : "535 5.7.8 no such user or password", ct)) _user = user;
    }

    private static (string? User, string? Password) PlainLogin(string? message) => message?.Split('\0') is [_, var user, var password] ? (user, password) : (null, null);

    private async Task<string?> AskAsync(string prompt, CancellationToken ct)
    {
        _wire.Write($"334 {Convert.ToBase64String(Encoding.ASCII.GetBytes(prompt))}\r\n");
        return await _wire.ReadLineAsync(ct) is (var line, _) ? Decoded(line) : null;
    }

    private static string? Decoded(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var count) ? Encoding.UTF8.GetString(bytes, 0, count) : null;
    }
}
