using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary>
/// A Postmill service as its user sees it. Safe to use from several threads. Every call throws <see cref="PostmillException"/> when it does not succeed and
/// <see cref="OperationCanceledException"/> when the caller cancels.
/// </summary>
public sealed class PostmillClient
{
    private readonly ApiWire _wire;

    /// <param name="http">With the service's address as <see cref="HttpClient.BaseAddress"/>; it stays the caller's.</param>
    /// <param name="options">Default: no session yet, and the limits as documented.</param>
    public PostmillClient(HttpClient http, PostmillClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        options ??= new PostmillClientOptions();
        _wire = new ApiWire(http, options);
        Accounts = new AccountApi(_wire);
        Sync = new SyncApi(_wire);
        Emails = new EmailApi(_wire);
        Sending = new SendApi(_wire);
        Jobs = new JobApi(_wire);
        Tasks = new TaskApi(_wire);
        Logs = new LogApi(_wire);
        Exports = new ExportApi(_wire);
        Keys = new KeyApi(_wire);
        Admin = new AdminApi(_wire);
        Live = new LiveFeed(http, _wire.Base, options);
    }

    /// <summary>Connected mailboxes.</summary>
    public AccountApi Accounts { get; }

    /// <summary>Sync now, and how the last runs went.</summary>
    public SyncApi Sync { get; }

    /// <summary>Synced mail.</summary>
    public EmailApi Emails { get; }

    /// <summary>Mail that goes out.</summary>
    public SendApi Sending { get; }

    /// <summary>Runs of tasks: state, attempts, error, next run.</summary>
    public JobApi Jobs { get; }

    /// <summary>What was asked of mail servers.</summary>
    public TaskApi Tasks { get; }

    /// <summary>Who did what to what.</summary>
    public LogApi Logs { get; }

    /// <summary>An account's mail as one file.</summary>
    public ExportApi Exports { get; }

    /// <summary>API keys of the signed-in user.</summary>
    public KeyApi Keys { get; }

    /// <summary>For admins.</summary>
    public AdminApi Admin { get; }

    /// <summary>What happens, as it happens.</summary>
    public LiveFeed Live { get; }

    /// <summary>Opens a session, which this client uses from now on.</summary>
    public async Task<Session> SignInAsync(string email, string password, CancellationToken cancellationToken = default)
    {
        var body = new SignIn(email, password);
        var session = await _wire.SendAsync(HttpMethod.Post, "api/auth/sign-in", body, ClientJson.Default.SignIn, ClientJson.Default.Session, cancellationToken).ConfigureAwait(false);
        _wire.Session = session.Token;
        return session;
    }

    /// <summary>Closes the session; the client has none then.</summary>
    public async Task SignOutAsync(CancellationToken cancellationToken = default)
    {
        await _wire.SendAsync(HttpMethod.Post, "api/auth/sign-out", ClientJson.Default.Done, cancellationToken).ConfigureAwait(false);
        _wire.Session = null;
    }

    /// <summary>Who is signed in.</summary>
    public async Task<User> GetMeAsync(CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, "api/me", ClientJson.Default.UserAnswer, cancellationToken).ConfigureAwait(false)).User;
}
