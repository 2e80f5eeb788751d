namespace Postmill.Domain.Sending;

/// <summary>Where one recipient of an outgoing mail stands. All but the first are terminal, until a person asks for more.</summary>
public enum RecipientState
{
    /// <summary>No server has taken the mail for it yet.</summary>
    Waiting,

    /// <summary>The SMTP server accepted the mail for it.</summary>
    Sent,

    /// <summary>Refused for good, or once too often.</summary>
    Failed,

    /// <summary>The connection was lost after the final dot: nobody can tell. Never sent again without being asked.</summary>
    Uncertain,
    Cancelled,
}

/// <summary>The states as they stand in the table and in answers.</summary>
public static class RecipientWords
{
    public static string Word(this RecipientState state) => state switch
    {
        RecipientState.Waiting => "waiting",
        RecipientState.Sent => "sent",
        RecipientState.Failed => "failed",
        RecipientState.Uncertain => "uncertain",
        RecipientState.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    public static RecipientState State(string word) => Enum.GetValues<RecipientState>().Single(state => state.Word() == word);
}
