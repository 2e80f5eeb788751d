namespace Granary.Transport;

/// <summary>What became of one attempt to call another silo.</summary>
/// <param name="Outcome">The call's own outcome; null when the call has had no effect and may be tried elsewhere.</param>
/// <param name="Why">Why it had none.</param>
/// <param name="Owner">Whom the other silo takes for the owner.</param>
/// <param name="Fault">What the connection said, when there was none.</param>
/// <param name="Final">Whether another attempt would be in vain.</param>
internal sealed record RemoteAnswer(Task<object?>? Outcome, string Why = "", string? Owner = null, Exception? Fault = null, bool Final = false);
