using System.Text;

namespace Postmill.Testing.Servers;

/// <summary>A real Dovecot with ports, users, mail and certificate of its own; IMAP, LMTP, and submission that relays to a sink.</summary>
public sealed class DovecotServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly DovecotPaths _paths = new(TestWorkspace.NewDirectory("dovecot"));
    private readonly DovecotPorts _ports = DovecotPorts.Take();
    private readonly DovecotUsers _users;
    private readonly PosixAccount _owner;
    private readonly bool _ownsRelay;
    private ChildProcess? _process;

    private DovecotServer(DovecotOptions options, SmtpSink relay)
    {
        Relay = relay;
        _ownsRelay = options.Relay is null;
        _owner = Posix.FindAccount(Posix.IsRoot ? "nobody" : Environment.UserName) ?? throw new InvalidOperationException("no account to own the mail");
        _users = new DovecotUsers(_paths, _owner);
        Directory.CreateDirectory(_paths.Mail);
        if (Posix.IsRoot) Posix.ChangeOwner(_paths.Mail, _owner);
        File.WriteAllText(_paths.Config, DovecotConfig.Render(options, _paths, _ports, relay.Port));
    }

    /// <summary>IMAP on 127.0.0.1, plaintext until STARTTLS.</summary>
    public int ImapPort => _ports.Imap.Port;

    /// <summary>IMAP on 127.0.0.1 under TLS from the start.</summary>
    public int ImapsPort => _ports.Imaps.Port;

    public int LmtpPort => _ports.Lmtp.Port;

    /// <summary>Submission with STARTTLS and the users' passwords.</summary>
    public int SubmissionPort => _ports.Submission.Port;

    /// <summary>Submission under TLS from the start.</summary>
    public int SubmissionsPort => _ports.Submissions.Port;

    /// <summary>Where submitted mail ends.</summary>
    public SmtpSink Relay { get; }

    public string LogPath => _paths.Log;

    public string Log => File.Exists(_paths.Log) ? File.ReadAllText(_paths.Log) : "";

    public static async Task<DovecotServer> StartAsync(DovecotOptions? options = null)
    {
        options ??= new DovecotOptions();
        var server = new DovecotServer(options, options.Relay ?? await SmtpSink.StartAsync());
        await server.StartAsync();
        return server;
    }

    /// <summary>Adds the user or changes the password; open sessions go on.</summary>
    public void AddUser(string user, string password) => AddUser(user, Encoding.UTF8.GetBytes(password));

    public void AddUser(string user, ReadOnlySpan<byte> password) => _users.Set(user, password);

    public void RemoveUser(string user) => _users.Remove(user);

    /// <summary>By LMTP to INBOX (IDLE and NOTIFY see it at once); into another folder by doveadm, which creates it.</summary>
    public async Task DeliverAsync(string user, ReadOnlyMemory<byte> raw, string? folder = null)
    {
        if (folder is null)
        {
            await using var client = await LmtpClient.ConnectAsync(LmtpPort);
            await client.DeliverAsync(user, raw);
            return;
        }
        await EnsureFolderAsync(user, folder);
        await Tool.RunAsync(Doveadm(["save", "-u", user, "-m", folder]), raw);
    }

    /// <summary>Writes the mails as files, thousands per second; sessions see them at their next command. Returns how many.</summary>
    public Task<int> SeedAsync(string user, string folder, IEnumerable<byte[]> mails) => SeedAsync(user, folder, mails.Select(raw => new SeedMail(raw)));

    public async Task<int> SeedAsync(string user, string folder, IEnumerable<SeedMail> mails)
    {
        await EnsureFolderAsync(user, folder);
        // The status makes Dovecot create what it only promised so far (INBOX and auto-created folders).
        await DoveadmAsync("mailbox", "status", "-u", user, "messages", folder);
        var path = (await DoveadmAsync("mailbox", "path", "-u", user, folder)).Trim();
        return await Task.Run(() => Maildir.Write(path, mails, _owner));
    }

    /// <summary>doveadm with this server's configuration; its standard output.</summary>
    public Task<string> DoveadmAsync(params IReadOnlyList<string> arguments) => Tool.RunAsync(Doveadm(arguments));

    public async Task StartAsync()
    {
        if (_process is { HasExited: false }) throw new InvalidOperationException("Dovecot is running");
        _process = ChildProcess.Start([Tool.Find("dovecot"), "-F", "-c", _paths.Config], Path.Combine(_paths.Directory, "master.log"));
        await Listening.WaitAsync(ImapPort, _process);
        await Listening.WaitAsync(LmtpPort, _process);
    }

    /// <summary>Ends it; sessions are told BYE.</summary>
    public Task StopAsync() => Running.StopAsync(Posix.SigTerm, Patience);

    /// <summary>SIGKILL to the master and all its children: connections are reset without a word.</summary>
    public Task KillAsync() => Running.KillAsync();

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        if (_ownsRelay) await Relay.DisposeAsync();
        _ports.Dispose();
        Directory.Delete(_paths.Directory, recursive: true);
    }

    private async Task EnsureFolderAsync(string user, string folder)
    {
        var known = (await DoveadmAsync("mailbox", "list", "-u", user)).Split('\n');
        if (!known.Contains(folder)) await DoveadmAsync("mailbox", "create", "-s", "-u", user, folder);
    }

    private ChildProcess Running => _process ?? throw new InvalidOperationException("Dovecot was never started");

    private string[] Doveadm(IReadOnlyList<string> arguments) => [Tool.Find("doveadm"), "-c", _paths.Config, .. arguments];
}
