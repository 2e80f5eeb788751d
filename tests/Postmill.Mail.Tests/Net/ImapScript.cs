using Postmill.Mail.Net;
using Postmill.Mail.Tests.Smtp;

namespace Postmill.Mail.Tests.Net;

/// <summary>A server that knows just enough for MailKit to log in, open INBOX and ask for something, and says something of its own at one command.</summary>
internal sealed class ImapScript(TlsMode tls, string at = "", Func<ScriptedSmtpPeer, string, Task>? say = null)
{
    private string Ready => tls == TlsMode.StartTls ? "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n" : "* OK ready\r\n";

    public Task PlayAsync(ScriptedSmtpPeer peer) => PlayAsync(peer, segment => peer.TrySendAsync(segment));

    /// <param name="peer">Whose lines are read.</param>
    /// <param name="send">How what is said is sent.</param>
    public async Task PlayAsync(ScriptedSmtpPeer peer, Func<string, Task> send)
    {
        if (tls == TlsMode.Implicit && !await peer.StartTlsAsync()) return;
        await send(Ready);
        if (tls == TlsMode.StartTls)
        {
            await peer.ExpectAsync("S1 STARTTLS");
            await send("S1 OK go\r\n");
            if (!await peer.StartTlsAsync()) return;
        }
        while (await peer.ReadLineAsync() is { } line)
        {
            var tag = line.Split(' ')[0];
            if (at.Length > 0 && line.Contains($" {at}", StringComparison.Ordinal)) await say!(peer, tag);
            else await send(Answer(line, tag));
        }
    }

    /// <summary>What an honest server says.</summary>
    public static string Answer(string line, string tag) => line[(tag.Length + 1)..].Split(' ') switch
    {
        ["CAPABILITY", ..] => $"* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR IDLE\r\n{tag} OK\r\n",
        ["LIST", ..] => $"* LIST (\\HasNoChildren) \"/\" INBOX\r\n{tag} OK\r\n",
        ["SELECT" or "EXAMINE", ..] => $"* 2 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 3] ok\r\n{tag} OK [READ-WRITE] open\r\n",
        ["UID", "SEARCH", ..] => $"* SEARCH 1 2\r\n{tag} OK\r\n",
        ["FETCH" or "UID", ..] => $"* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n* 2 FETCH (UID 2 FLAGS ())\r\n{tag} OK\r\n",
        ["LOGOUT", ..] => $"* BYE\r\n{tag} OK\r\n",
        _ => $"{tag} OK\r\n",
    };
}
