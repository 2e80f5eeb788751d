namespace Postmill.Testing.Sink;

/// <summary>What the sink does instead of, or beside, its own answer. In this order: wait, answer, end.</summary>
public sealed record SinkFault
{
    /// <summary>Waits for so long, by the sink's clock.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Waits until this gate is opened (<see cref="JournalSink.Open"/>).</summary>
    public string? Gate { get; init; }

    /// <summary>
    /// The answer, without its last line end; <c>\r\n</c> inside parts the lines. Null: the sink's own. Empty: none. Whatever does not begin with 2 or 3 also keeps the
    /// command from having its effect.
    /// </summary>
    public string? Reply { get; init; }

    /// <summary>The answer goes byte by byte with so much between; zero: at once.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>One byte per segment even without <see cref="Pace"/>.</summary>
    public bool ByteByByte { get; init; }

    public SinkEnd End { get; init; }

    public static SinkFault Close { get; } = new() { Reply = "", End = SinkEnd.Close };

    public static SinkFault Reset { get; } = new() { Reply = "", End = SinkEnd.Reset };

    public static SinkFault Silence { get; } = new() { Reply = "", End = SinkEnd.Silence };

    /// <summary>Its own answer, then the end of the connection.</summary>
    public static SinkFault AnswerAndClose { get; } = new() { End = SinkEnd.Close };

    /// <summary>421 ends the connection, as RFC 5321 §3.8 has it.</summary>
    public static SinkFault Answer(string reply) => new() { Reply = reply, End = reply.StartsWith("421", StringComparison.Ordinal) ? SinkEnd.Close : SinkEnd.None };

    /// <summary>Its own answer, later.</summary>
    public static SinkFault Late(TimeSpan by) => new() { Wait = by };

    /// <summary>Its own answer, when the test says so.</summary>
    public static SinkFault Behind(string gate) => new() { Gate = gate };
}
