using System.Diagnostics.CodeAnalysis;

namespace Postmill.Mail.Imap;

/// <summary>A command answered NO or BAD where that is a normal thing to happen.</summary>
/// <param name="Bad">BAD: the server did not understand; NO: it did and refused.</param>
/// <param name="Code">Response code in capitals (RFC 9051 §7.1), such as <c>NONEXISTENT</c>, <c>NOPERM</c>; null when there is none.</param>
/// <param name="Text">The server's words, cleaned.</param>
/// <param name="RetryAfter">How long the server asked us to stay away, when it did.</param>
public sealed record ImapRefusal(bool Bad, string? Code, string Text, TimeSpan? RetryAfter);

/// <summary>Either a value or the server's refusal.</summary>
/// <typeparam name="T">The value.</typeparam>
public sealed class ImapAnswer<T>
    where T : class
{
    internal ImapAnswer(T value) => Value = value;

    internal ImapAnswer(ImapRefusal refusal) => Refusal = refusal;

    /// <summary>The value; null when refused.</summary>
    public T? Value { get; }

    /// <summary>The refusal; null when there is a value.</summary>
    public ImapRefusal? Refusal { get; }

    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsOk => Value is not null;
}
