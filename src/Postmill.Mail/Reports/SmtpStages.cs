namespace Postmill.Mail.Reports;

/// <summary>Finds the stage in the words of many systems, or in the transcript some enclose.</summary>
internal static class SmtpStages
{
    private static readonly (SmtpStage Stage, string[] Words)[] Phrases =
    [
        (SmtpStage.Recipient,
        [
            "in reply to rcpt to", "after rcpt to", "our rcpt to", "smtp:rcpt", "[rcpt_to]", "rcpt command", "<<< rcpt to", "does not like recipient",
            "rejected recipient", "rcpt to command", "(state 14)",
        ]),
        (SmtpStage.Data,
        [
            "in reply to end of data", "in reply to data", "after end of data", "our final data", "our data", "smtp:data", "smtp:eod",
            "failed after i sent the message", "step: data", "(data)", "[data]", "after data", "data command", "(state 17)", "(state 18)",
            "transfer of mail text", "smtp command data", "after dot",
        ]),
        (SmtpStage.Mail,
        [
            "in reply to mail from", "after mail from", "our mail from", "smtp:mail", "[mail_from]", "(state 13)", "mail command", "sender was rejected",
            "smtp command mail",
        ]),
        (SmtpStage.Connect,
        [
            "initial connection", "my name was rejected", "in reply to ehlo", "in reply to helo", "after ehlo", "after helo", "refused to talk to me",
            "smtp:ehlo", "smtp:connect",
        ]),
    ];

    /// <summary>The stage that a text, in lower case, tells; Unknown when it tells none.</summary>
    public static SmtpStage Of(string lower)
    {
        if (OfTranscript(lower) is var stage and not SmtpStage.Unknown)
            return stage;
        lower = string.Join(' ', lower.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var (best, found) = (int.MaxValue, SmtpStage.Unknown);
        foreach (var (candidate, words) in Phrases)
        {
            foreach (var word in words)
            {
                var at = lower.IndexOf(word, StringComparison.Ordinal);
                if (at >= 0 && at < best)
                    (best, found) = (at, candidate);
            }
        }
        return found != SmtpStage.Unknown || !lower.Contains("rcpt to:", StringComparison.Ordinal) ? found : SmtpStage.Recipient;
    }

    // The command before the first refusal: ">>> RCPT To:<a@b>" and "<<< 550 …".
    private static SmtpStage OfTranscript(string lower)
    {
        var last = SmtpStage.Unknown;
        foreach (var range in lower.AsSpan().Split('\n'))
        {
            var line = lower.AsSpan(range).Trim();
            if (line.StartsWith(">>> ", StringComparison.Ordinal))
                last = OfCommand(line[4..]);
            else if (last != SmtpStage.Unknown && line.StartsWith("<<< ", StringComparison.Ordinal) && line.Length > 4 && line[4] is '4' or '5')
                return last;
        }
        return SmtpStage.Unknown;
    }

    private static SmtpStage OfCommand(ReadOnlySpan<char> command) => command switch
    {
        _ when command.StartsWith("rcpt", StringComparison.Ordinal) => SmtpStage.Recipient,
        ['.', ..] => SmtpStage.Data,
        _ when command.StartsWith("data", StringComparison.Ordinal) || command.StartsWith("bdat", StringComparison.Ordinal) => SmtpStage.Data,
        _ when command.StartsWith("mail", StringComparison.Ordinal) => SmtpStage.Mail,
        _ => SmtpStage.Connect,
    };
}
