using Spectre.Console;

namespace Postmill.Host.Cli;

/// <summary>A password that is on no command line: asked for without echo, or the first line of the standard input.</summary>
internal static class SecretInput
{
    public static async Task<string> ReadAsync(Terminal terminal, string question, bool fromInput, CancellationToken cancellationToken)
    {
        var given = fromInput ? await terminal.In.ReadLineAsync(cancellationToken) : await AskAsync(terminal, question, "--password-stdin", secret: true, cancellationToken);
        if (given is not { Length: > 0 and <= CommandLimits.SecretLength }) throw new CommandException("a password is needed");
        return given;
    }

    /// <exception cref="CommandException">Nobody is there.</exception>
    public static async Task<string> AskAsync(Terminal terminal, string question, string otherwise, bool secret, CancellationToken cancellationToken)
    {
        if (!terminal.Interactive) throw new CommandException($"there is nobody to ask: give {otherwise}");
        var prompt = new TextPrompt<string>(Markup.Escape(question));
        return await (secret ? prompt.Secret(null) : prompt).ShowAsync(terminal.Drawing(), cancellationToken);
    }
}
