namespace Postmill.Grains.Accounts;

/// <summary>Keeps the passwords and tokens of mailboxes unreadable at rest.</summary>
public interface ISecretBox
{
    byte[] Seal(string secret);

    /// <exception cref="UnreadableSecretException">Sealed by keys that this installation does not have, or damaged.</exception>
    string Open(byte[] sealedSecret);
}
