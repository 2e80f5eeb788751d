namespace Postmill.Mail.Net;

/// <summary>Who logs in, and with what. <see cref="ToString"/> never shows the secret.</summary>
/// <param name="User">Login name.</param>
/// <param name="Secret">Password, or the access token when <paramref name="IsToken"/>.</param>
/// <param name="IsToken">Whether the secret is an OAuth 2.0 bearer token (XOAUTH2, OAUTHBEARER).</param>
public sealed record MailCredential(string User, string Secret, bool IsToken = false)
{
    /// <inheritdoc/>
    public override string ToString() => $"{User} ({(IsToken ? "token" : "password")})";
}
