using Postmill.Protocols.Smtp;

namespace Postmill.Protocols.Tests.Smtp;

/// <summary>A server that takes a mail as it should until one phase, in which it fails in one way.</summary>
internal static class FailingServer
{
    public const string Mail = "MAIL", Rcpt = "RCPT", Data = "DATA", Body = "body", Dot = "dot", Chunk = "chunk", Last = "last chunk";

    public static readonly string[] Phases = [Mail, Rcpt, Data, Body, Dot, Chunk, Last];

    // Far more than socket buffers hold: the server is gone before the content is.
    private const int LargeBytes = 32 * 1024 * 1024;

    private static readonly SmtpPayload Large = SmtpPayload.Of(Enumerable.Repeat("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\r\n"u8.ToArray(), LargeBytes / 65).SelectMany(line => line).ToArray());

    /// <summary>Whether the whole content was under way: then, and only then, nobody knows.</summary>
    public static bool IsAfterTheEnd(string phase) => phase is Dot or Last;

    public static SmtpPhase PhaseOf(string phase) => phase switch
    {
        Mail => SmtpPhase.Mail,
        Rcpt => SmtpPhase.Rcpt,
        Data => SmtpPhase.Data,
        _ => SmtpPhase.Content,
    };

    public static SmtpPayload PayloadOf(string phase) => phase is Body or Chunk ? Large : SendScript.Payload;

    public static ScriptedSmtpServer At(string phase, Func<ScriptedSmtpPeer, Task> failure) => new(async peer =>
    {
        var byBdat = phase is Chunk or Last;
        await peer.OpenAsync(byBdat ? ["PIPELINING", "CHUNKING"] : ["PIPELINING"]);
        await peer.ExpectAsync(SendScript.MailLine);
        await peer.ExpectAsync(SendScript.RcptBen);
        if (phase != Mail) await peer.SendAsync(SendScript.Ok);
        if (phase is not (Mail or Rcpt)) await TakeContentAsync(peer, phase, byBdat);
        peer.Reach();
        await failure(peer);
    });

    private static async Task TakeContentAsync(ScriptedSmtpPeer peer, string phase, bool byBdat)
    {
        await peer.SendAsync(SendScript.Ok);
        var command = await peer.ReadLineAsync();
        if (phase is not (Data or Last or Chunk)) await peer.SendAsync(SendScript.Go);
        if (phase is Body or Chunk) await peer.ReadBytesAsync(100_000);
        else if (phase == Dot) await peer.ReadContentAsync();
        else if (phase == Last) await peer.ReadBytesAsync(SendScript.Content.Length);
        Assert.Equal(byBdat ? "BDAT" : "DATA", command![..4]);
    }
}
