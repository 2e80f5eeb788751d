using Postmill.Mail.Smtp;

namespace Postmill.Mail.Net;

/// <summary>Which replies a server owes, by the commands that were written; in their order, for a server answers in no other (RFC 2920 section 3.2).</summary>
internal sealed class SmtpOwedReplies
{
    // 354: the server waits for the content.
    private const int ContentWanted = 354;

    // "MAIL FROM:" is the longest beginning that is told from others.
    private const int VerbBytes = 10;

    private readonly Queue<SmtpVerb> _owed = new();
    private readonly byte[] _command = new byte[VerbBytes];
    private int _commandLength;

    /// <summary>Replies that are owed.</summary>
    public int Count => _owed.Count;

    /// <summary>What is answered next; null when nothing is owed.</summary>
    public SmtpVerb? Next => _owed.TryPeek(out var verb) ? verb : null;

    /// <summary>Adds a reply to something that is no command.</summary>
    public void Add(SmtpVerb verb) => _owed.Enqueue(verb);

    /// <summary>Adds a reply for each line; a line may come in several pieces.</summary>
    /// <returns>Whether a mail begins with them.</returns>
    public bool AddCommands(ReadOnlySpan<byte> commands)
    {
        var beginsMail = false;
        foreach (var octet in commands)
        {
            if (octet != '\n')
            {
                if (_commandLength < _command.Length) _command[_commandLength++] = octet;
                continue;
            }
            var verb = VerbOf(_command.AsSpan(0, _commandLength));
            _commandLength = 0;
            _owed.Enqueue(verb);
            beginsMail |= verb == SmtpVerb.Mail;
        }
        return beginsMail;
    }

    /// <summary>Takes the next one off; false when the reply cannot be one to it.</summary>
    public bool TryTake(SmtpReply reply, out SmtpVerb verb)
    {
        verb = _owed.Dequeue();
        return verb switch
        {
            SmtpVerb.Data => reply.Code == ContentWanted || reply.IsRefusal,
            SmtpVerb.Mail or SmtpVerb.Rcpt or SmtpVerb.Content => !reply.IsIntermediate,
            SmtpVerb.Greeting or SmtpVerb.Other or SmtpVerb.Quit => true,
        };
    }

    private static SmtpVerb VerbOf(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("MAIL FROM:"u8)) return SmtpVerb.Mail;
        if (line.StartsWith("RCPT TO:"u8)) return SmtpVerb.Rcpt;
        if (line.SequenceEqual("DATA\r"u8)) return SmtpVerb.Data;
        return line.SequenceEqual("QUIT\r"u8) ? SmtpVerb.Quit : SmtpVerb.Other;
    }
}
