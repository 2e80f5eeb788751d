namespace Postmill.Grains.Accounts;

/// <summary>A stored secret cannot be decrypted: the account's owner has to enter it again. Retrying does not help.</summary>
public sealed class UnreadableSecretException : Exception
{
    private const string Text = "the stored secret cannot be decrypted with this installation's keys";

    public UnreadableSecretException() : base(Text) { }

    public UnreadableSecretException(Exception innerException) : base(Text, innerException) { }

    public UnreadableSecretException(string message) : base(message) { }

    public UnreadableSecretException(string message, Exception innerException) : base(message, innerException) { }
}
