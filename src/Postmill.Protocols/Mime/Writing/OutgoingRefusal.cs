namespace Postmill.Protocols.Mime.Writing;

/// <summary>Why a mail is not written.</summary>
/// <param name="Field">Which part of it.</param>
/// <param name="Index">Which entry of a list, from 0; null where the field is no list or the list as a whole is meant.</param>
/// <param name="Reason">A sentence for a person, without the offending text.</param>
/// <param name="TooLarge">Whether the mail's size is the reason (413 rather than 400).</param>
public sealed record OutgoingRefusal(OutgoingField Field, int? Index, string Reason, bool TooLarge = false);
