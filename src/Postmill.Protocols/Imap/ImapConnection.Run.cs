using System.Text;
using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

// Running commands: send, hand out untagged responses, return the tagged one.
public sealed partial class ImapConnection
{
    /// <summary>Takes an untagged response; false leaves it to the connection.</summary>
    private delegate bool UntaggedHandler(UntaggedHeader header, ref ImapTokenizer tokens, ImapStatusLine? status);

    private ImapCommandWriter Command(string name, bool isSecret = false)
        => new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"A{++_lastTag}"), name, Capabilities) { IsSecret = isSecret };

    /// <summary>Runs a command with short answers.</summary>
    private Task<ImapStatusLine> RunAsync(ImapCommandWriter command, UntaggedHandler? handler, CancellationToken cancellationToken)
        => ExclusiveAsync(command.Name, Timeouts.Command, () => ExchangeAsync(command, handler, _shortAnswers, Limits.UntaggedResponses), cancellationToken);

    /// <summary>Runs a command whose answers may be as many and as long as a large mailbox makes them.</summary>
    private Task<ImapStatusLine> RunSetAsync(ImapCommandWriter command, UntaggedHandler? handler, CancellationToken cancellationToken)
        => ExclusiveAsync(command.Name, Timeouts.Command, () => ExchangeAsync(command, handler, _setAnswers, Limits.SetUntaggedResponses), cancellationToken);

    /// <summary>One user of the connection at a time; whatever throws closes it, because the position in the protocol is lost.</summary>
    private async Task<T> ExclusiveAsync<T>(string step, TimeSpan limit, Func<Task<T>> exchange, CancellationToken cancellationToken)
    {
        Enter(step, limit, cancellationToken);
        var complete = false;
        try
        {
            var result = await exchange().ConfigureAwait(false);
            complete = true;
            return result;
        }
        finally
        {
            Leave(complete);
        }
    }

    private void Enter(string step, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0) throw new InvalidOperationException("Another command of this IMAP connection is running.");
        var entered = false;
        try
        {
            _step = _transport.BeginStep(step, limit, cancellationToken);
            entered = true;
        }
        finally
        {
            if (!entered) Volatile.Write(ref _busy, 0);
        }
    }

    private void Leave(bool complete)
    {
        _step.Dispose();
        if (!complete || _bye is not null) _transport.Abort();
        Volatile.Write(ref _busy, 0);
    }

    private async Task<ImapStatusLine> ExchangeAsync(ImapCommandWriter command, UntaggedHandler? handler, ReadPolicy policy, int maxResponses)
    {
        if (await SendAsync(command, handler).ConfigureAwait(false) is { } refused) return refused;
        return await AnswerAsync(command.Tag, handler, policy, maxResponses).ConfigureAwait(false);
    }

    /// <summary>Reads up to the tagged answer.</summary>
    private async Task<ImapStatusLine> AnswerAsync(string tag, UntaggedHandler? handler, ReadPolicy policy, int maxResponses)
    {
        for (var count = 0; count < maxResponses; count++)
        {
            await ReadResponseAsync(policy).ConfigureAwait(false);
            if (_response.Kind == ResponseKind.Tagged) return TakeTagged(tag);
            if (_response.Kind == ResponseKind.Untagged) TakeUntagged(handler);
        }
        throw TooManyResponses(maxResponses);
    }

    /// <summary>Sends a command piece by piece; gives the tagged answer when the server refuses it before the last one.</summary>
    private Task<ImapStatusLine?> SendAsync(ImapCommandWriter command, UntaggedHandler? handler) => SendPiecesAsync(command, command.Finish(), handler);

    private async Task<ImapStatusLine?> SendPiecesAsync(ImapCommandWriter command, List<ReadOnlyMemory<byte>> pieces, UntaggedHandler? handler)
    {
        if (pieces.Count > 0) _options.Trace?.Invoke(new ImapTrace(true, command.IsSecret ? $"{command.Tag} {command.Name} (not shown)" : ServerText.Clean(pieces[0].Span)));
        for (var i = 0; i < pieces.Count; i++)
        {
            if (i > 0 && await AwaitContinuationAsync(command.Tag, handler).ConfigureAwait(false) is { } refused) return refused;
            await _transport.WriteAsync(pieces[i]).ConfigureAwait(false);
        }
        return null;
    }

    /// <summary>Waits for <c>+</c>; gives the tagged answer when the server ends the command instead.</summary>
    private async Task<ImapStatusLine?> AwaitContinuationAsync(string tag, UntaggedHandler? handler)
    {
        for (var count = 0; count < Limits.UntaggedResponses; count++)
        {
            await ReadResponseAsync(_shortAnswers).ConfigureAwait(false);
            if (_response.Kind == ResponseKind.Continuation) return null;
            if (_response.Kind == ResponseKind.Tagged) return TakeTagged(tag);
            TakeUntagged(handler);
        }
        throw TooManyResponses(Limits.UntaggedResponses);
    }

    private async ValueTask ReadResponseAsync(ReadPolicy policy, CancellationToken cancellationToken = default)
    {
        try
        {
            await _reader.ReadAsync(_response, policy, cancellationToken).ConfigureAwait(false);
        }
        catch (MailServerException e) when (_bye is not null && e.Fault is MailFault.Disconnected or MailFault.TimedOut)
        {
            throw new MailServerException(MailFault.Disconnected, "The server ended the session.", _bye.Text, e) { Code = _bye.Code };
        }
        _options.Trace?.Invoke(new ImapTrace(false, ServerText.Clean(_response.Bytes.Written)));
    }

    private ImapStatusLine TakeTagged(string tag)
    {
        var line = _response.Bytes.Written;
        var matches = line.Length > tag.Length && line[tag.Length] == ' ' && Ascii.Equals(line[..tag.Length], tag);
        var status = matches ? ImapStatusLine.TryParse(line[(tag.Length + 1)..]) : null;
        if (status is not { Condition: ImapCondition.Ok or ImapCondition.No or ImapCondition.Bad })
            throw new MailServerException(MailFault.ProtocolError, "The server's answer is not IMAP.", ServerText.Clean(line[..Math.Min(line.Length, 200)]));
        TakeCapabilities(status);
        return status;
    }

    private void TakeUntagged(UntaggedHandler? handler)
    {
        var header = UntaggedHeader.Parse(_response.Bytes.Written);
        var tokens = new ImapTokenizer(_response, header.DataStart, Limits.NestingDepth);
        var status = header.Kind is UntaggedKind.Ok or UntaggedKind.No or UntaggedKind.Bad or UntaggedKind.Bye
            ? ImapStatusLine.TryParse(_response.Bytes.Written[2..])
            : null;
        if (status is not null) TakeCapabilities(status);
        if (status is { Condition: ImapCondition.Bye })
        {
            _bye = status;
            // What follows is a tagged answer or the end; a server that says BYE and stays is not waited for.
            _step.Restart(Timeouts.Closing);
        }
        else if (header.Kind == UntaggedKind.Capability)
        {
            TakeCapabilities(tokens.Rest);
        }
        else if (handler is null || !handler(header, ref tokens, status))
        {
            if (Unsolicited is { } listener && ReadEvent(header, ref tokens, status) is { } happened) listener(happened);
        }
    }

    private static MailServerException TooManyResponses(int limit) => new(MailFault.LimitExceeded, $"The server sent more than {limit} responses to one command.");
}
