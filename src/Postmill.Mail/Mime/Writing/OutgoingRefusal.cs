namespace Postmill.Mail.Mime.Writing;

/// <summary>Why a mail is not written.</summary>
/// <param name="Field">Which part of it.</param>
/// <param name="Index">Which entry of a list, from 0; null where the field is no list or the list as a whole is meant.</param>
/// <param name="Reason">
/// For a person, without the offending text: what the field "must be" or "must have"; where it is <paramref name="TooLarge"/>, a clause of its own.
/// </param>
/// <param name="TooLarge">Whether the mail's size is the reason (413 rather than 400).</param>
public sealed record OutgoingRefusal(OutgoingField Field, int? Index, string Reason, bool TooLarge = false);
