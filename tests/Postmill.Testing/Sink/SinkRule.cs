namespace Postmill.Testing.Sink;

/// <summary>When a fault strikes. All conditions must hold; the first rule that strikes is the only one.</summary>
public sealed record SinkRule(SinkPhase At, SinkFault Fault)
{
    /// <summary>Part of the recipient's address (at <see cref="SinkPhase.Rcpt"/>) or of any recipient's (after it).</summary>
    public string? Recipient { get; init; }

    /// <summary>Part of the envelope sender, from <see cref="SinkPhase.Mail"/> on.</summary>
    public string? From { get; init; }

    /// <summary>Part of the mail as it came, at <see cref="SinkPhase.Dot"/> and <see cref="SinkPhase.Accepted"/>.</summary>
    public string? Text { get; init; }

    /// <summary>At <see cref="SinkPhase.Body"/>: strikes once so many bytes have come.</summary>
    public int AfterBytes { get; init; }

    /// <summary>So many that it would have struck go free first.</summary>
    public int Skip { get; init; }

    /// <summary>Strikes at most so often; 0: always.</summary>
    public int Times { get; init; }

    /// <summary>Strikes with this probability, from the sink's seed.</summary>
    public double Probability { get; init; } = 1;
}
