using Postmill.Testing.Servers;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>A Dovecot with one user, for the tests of one class.</summary>
public sealed class SubmissionServer : IAsyncLifetime
{
    public const string User = "ada@mail.test";
    public const string Password = "pä\"ss\\wörd 😀";

    public DovecotServer Dovecot { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Dovecot = await DovecotServer.StartAsync(new DovecotOptions { RequireTls = true, ExtraConfig = "auth_mechanisms = plain login scram-sha-256" });
        Dovecot.AddUser(User, Password);
    }

    public async Task DisposeAsync() => await Dovecot.DisposeAsync();
}
