namespace Postmill.Host.Tests;

public sealed record SignedIn(HttpClient Client, Guid UserId, string Email, string Token)
{
    public const string Password = "correct horse battery";
}
