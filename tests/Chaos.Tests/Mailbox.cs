namespace Chaos.Tests;

/// <summary>One mailbox at the server, and the account it became.</summary>
internal sealed class Mailbox(int number, User user)
{
    public const string Password = "s3cret";

    public static readonly List<string> Folders = ["INBOX", "Archive", "Later"];

    public string Address { get; } = $"m{number}@example.org";

    public User User { get; } = user;

    public Guid Account { get; set; }
}
