namespace Postmill.Testing.Servers;

/// <summary>
/// Postfix's smtp-sink: accepts mail, and breaks in the one way it is told to. Its options: <c>-q</c> drop the connection at a command
/// (<c>-q .</c>: after the final dot), <c>-Q</c> the same with 421, <c>-r</c>/<c>-f</c> refuse softly/hard, <c>-w</c> delay, <c>-p</c> no pipelining.
/// </summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private readonly PortLease _port = PortLease.Take();
    private readonly string _directory = TestWorkspace.NewDirectory("sink");
    private readonly string _mail;
    private readonly IReadOnlyList<string> _options;
    private readonly bool _keep;
    private ChildProcess? _process;

    private SmtpSink(bool keep, IReadOnlyList<string> options)
    {
        _keep = keep;
        _options = options;
        _mail = Path.Combine(_directory, "mail");
        Directory.CreateDirectory(_mail);
        if (Posix.IsRoot) Posix.ChangeOwner(_mail, Account);
    }

    /// <summary>On 127.0.0.1, no TLS, no authentication needed.</summary>
    public int Port => _port.Port;

    /// <summary>Whole mails accepted so far, in no order.</summary>
    public IEnumerable<SinkMail> Accepted => Directory.EnumerateFiles(_mail).Select(SinkMail.Read);

    public int AcceptedCount => Directory.EnumerateFiles(_mail).Count();

    /// <param name="keep">Keep every accepted mail (<see cref="Accepted"/>); off when only speed counts.</param>
    /// <param name="options">More options of smtp-sink.</param>
    public static async Task<SmtpSink> StartAsync(bool keep = true, params IReadOnlyList<string> options)
    {
        var sink = new SmtpSink(keep, options);
        await sink.StartAsync();
        return sink;
    }

    public async Task StartAsync()
    {
        string[] user = Posix.IsRoot ? ["-u", Account.Name] : [];
        string[] dump = _keep ? ["-d", Path.Combine(_mail, "mail.")] : [];
        _process = ChildProcess.Start([Tool.Find("smtp-sink"), .. user, .. dump, .. _options, $"127.0.0.1:{Port}", "1024"], Path.Combine(_directory, "sink.log"));
        await Listening.WaitAsync(Port, _process);
    }

    public Task KillAsync() => _process?.KillAsync() ?? Task.CompletedTask;

    /// <summary>SIGSTOP: the kernel still accepts connections, nobody answers.</summary>
    public void Suspend() => _process?.Signal(Posix.SigStop);

    public void Resume() => _process?.Signal(Posix.SigCont);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _port.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static PosixAccount Account => Posix.FindAccount("nobody") ?? throw new InvalidOperationException("there is no user nobody");
}
