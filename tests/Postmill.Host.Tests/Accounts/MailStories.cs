namespace Postmill.Host.Tests.Accounts;

/// <summary>What scripted mail servers say: well-behaved ones with one twist.</summary>
internal static class MailStories
{
    /// <summary>IMAP without TLS that lets everybody in, except where <paramref name="twist"/> takes over: it gets tag and command name, and answers whether it did.</summary>
    public static Func<ScriptedTalk, Task> Imap(Func<ScriptedTalk, string, string, Task<bool>>? twist = null) => async talk =>
    {
        await talk.SayAsync("* OK ready");
        while (true)
        {
            var words = (await talk.HearAsync()).Split(' ');
            var (tag, command) = (words[0], words.ElementAtOrDefault(1)?.ToUpperInvariant() ?? "");
            if (twist is not null && await twist(talk, tag, command)) continue;
            if (command == "CAPABILITY") await talk.SayAsync("* CAPABILITY IMAP4rev1 STARTTLS");
            if (command == "LOGOUT") await talk.SayAsync("* BYE see you");
            await talk.SayAsync($"{tag} OK {command} done");
        }
    };

    /// <summary>SMTP submission likewise; the twist gets the verb.</summary>
    public static Func<ScriptedTalk, Task> Smtp(Func<ScriptedTalk, string, Task<bool>>? twist = null) => async talk =>
    {
        await talk.SayAsync("220 ready");
        while (true)
        {
            var verb = (await talk.HearAsync()).Split(' ')[0].ToUpperInvariant();
            if (twist is not null && await twist(talk, verb)) continue;
            await talk.SayAsync(verb switch
            {
                "EHLO" => "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN",
                "AUTH" => "235 2.7.0 come in",
                "QUIT" => "221 bye",
                _ => "500 what",
            });
        }
    };

    /// <summary>Silence at this command.</summary>
    public static Func<ScriptedTalk, Task> ImapHangingAt(string step) => Imap(async (talk, _, command) =>
    {
        if (command != step) return false;
        await talk.HangAsync();
        return true;
    });

    public static Func<ScriptedTalk, Task> SmtpHangingAt(string step) => Smtp(async (talk, verb) =>
    {
        if (verb != step) return false;
        await talk.HangAsync();
        return true;
    });
}
