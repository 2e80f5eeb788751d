namespace Postmill.Testing.Sink;

/// <summary>Where in a session a fault strikes: just before the sink would answer.</summary>
public enum SinkPhase
{
    /// <summary>Connected, the greeting not yet sent.</summary>
    Greeting,

    Ehlo,
    StartTls,
    Auth,
    Mail,

    /// <summary>Each RCPT of its own.</summary>
    Rcpt,

    /// <summary>The command; BDAT has none.</summary>
    Data,

    /// <summary>At least so many bytes of the mail have come.</summary>
    Body,

    /// <summary>After the final dot or the last chunk, before the mail is journaled: an answer or an end that strikes here means that it is not accepted, whatever the answer says.</summary>
    Dot,

    /// <summary>Journaled, the 250 not yet sent.</summary>
    Accepted,

    Rset,
    Noop,
    Quit,
}
