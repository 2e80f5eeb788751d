namespace Postmill.Domain.Sending;

/// <summary>One recipient of an outgoing mail; a row.</summary>
/// <param name="Ordinal">Its place in the envelope, from 0.</param>
/// <param name="Address">As it goes into RCPT TO.</param>
/// <param name="Code">Of the last refusal; null where there was none.</param>
/// <param name="Text">What the server said.</param>
public sealed record OutgoingRecipient(int Ordinal, string Address, RecipientState State, string? Code = null, string? Text = null);
