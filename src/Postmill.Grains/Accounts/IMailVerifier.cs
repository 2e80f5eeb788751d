namespace Postmill.Grains.Accounts;

/// <summary>Logs in to both servers of an account and out again, within one deadline.</summary>
public interface IMailVerifier
{
    Task<Verification> VerifyAsync(AccountSettings account, CancellationToken cancellationToken);
}

/// <summary>Null where the login worked, else the server's reason for a person, without the password.</summary>
public sealed record Verification(LoginFailure? Imap, LoginFailure? Smtp)
{
    public bool Passed => Imap is null && Smtp is null;
}

/// <param name="Fault">snake_case: <c>auth_failed</c>, <c>unreachable</c>, <c>address_refused</c>, <c>tls_failed</c>, <c>plaintext_refused</c>, <c>protocol_error</c>, <c>timeout</c>, <c>secret_unreadable</c>.</param>
public sealed record LoginFailure(string Fault, string Text);
