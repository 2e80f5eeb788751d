namespace Postmill.Domain.Messages;

/// <summary>Whether a mail came in or went out, told by where it lies and who wrote it.</summary>
public static class MessageDirection
{
    public const string Inbound = "inbound";
    public const string Outbound = "outbound";

    /// <param name="specialUse">The folder's RFC 6154 attribute, lower case, without the backslash.</param>
    /// <param name="fromAccount">The author is the account itself.</param>
    public static string Of(string? specialUse, bool fromAccount) => specialUse switch
    {
        "sent" or "drafts" => Outbound,
        "inbox" => Inbound, // a mail to oneself arrived
        _ => fromAccount ? Outbound : Inbound,
    };
}
