using Postmill.Mail.Smtp;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>A server that takes a mail as it should until one phase, in which it fails in one way.</summary>
internal static class FailingServer
{
    public const string Mail = "MAIL", Rcpt = "RCPT", Data = "DATA", Body = "body", Dot = "dot";

    public static readonly string[] Phases = [Mail, Rcpt, Data, Body, Dot];

    // Far more than socket buffers hold: the server is gone before the content is.
    private const int LargeBytes = 32 * 1024 * 1024;

    private static readonly SmtpPayload Large = SmtpPayload.Of(Enumerable.Repeat("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\r\n"u8.ToArray(), LargeBytes / 65).SelectMany(line => line).ToArray());

    /// <summary>Whether the whole content was under way: then, and only then, nobody knows.</summary>
    public static bool IsAfterTheEnd(string phase) => phase == Dot;

    public static SmtpPhase PhaseOf(string phase) => phase switch
    {
        Mail => SmtpPhase.Mail,
        Rcpt => SmtpPhase.Rcpt,
        Data => SmtpPhase.Data,
        _ => SmtpPhase.Content,
    };

    public static SmtpPayload PayloadOf(string phase) => phase == Body ? Large : SendScript.Payload;

    public static ScriptedSmtpServer At(string phase, Func<ScriptedSmtpPeer, Task> failure) => new(async peer =>
    {
        await peer.OpenAsync("PIPELINING");
        await peer.ExpectAsync(SendScript.MailLine);
        await peer.ExpectAsync(SendScript.RcptBen);
        if (phase != Mail) await peer.SendAsync(SendScript.Ok);
        if (phase is not (Mail or Rcpt)) await TakeContentAsync(peer, phase);
        peer.Reach();
        await failure(peer);
    });

    private static async Task TakeContentAsync(ScriptedSmtpPeer peer, string phase)
    {
        await peer.SendAsync(SendScript.Ok);
        await peer.ExpectAsync("DATA");
        if (phase != Data) await peer.SendAsync(SendScript.Go);
        if (phase == Body) await peer.ReadBytesAsync(100_000);
        else if (phase == Dot) await peer.ReadContentAsync();
    }
}
