namespace Postmill.Testing.Sink;

/// <summary>What becomes of the connection after a fault's answer.</summary>
public enum SinkEnd
{
    /// <summary>It goes on.</summary>
    None,

    Close,

    /// <summary>RST: the client's unread data is lost too.</summary>
    Reset,

    /// <summary>It stays, reads everything and says nothing more.</summary>
    Silence,
}
