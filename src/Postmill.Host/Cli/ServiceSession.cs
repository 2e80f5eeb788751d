using System.Text.Json;
using Postmill.Client;

namespace Postmill.Host.Cli;

/// <summary>One run of a command against a service.</summary>
internal sealed class ServiceSession : IDisposable
{
    private readonly HttpClient _http;

    public ServiceSession(Uri url, PostmillClientOptions options, SessionFile file, Terminal terminal, bool json)
    {
        // A redirect could lead a password to somebody else.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(CommandLimits.ServiceConnectSeconds) }) { BaseAddress = url };
        Url = url;
        Options = options;
        File = file;
        Terminal = terminal;
        Json = json;
        Client = new PostmillClient(_http, options);
    }

    public Uri Url { get; }

    public PostmillClientOptions Options { get; }

    public SessionFile File { get; }

    public Terminal Terminal { get; }

    public bool Json { get; }

    public PostmillClient Client { get; }

    /// <summary>The same service, asked otherwise.</summary>
    public PostmillClient With(PostmillClientOptions options) => new(_http, options);

    /// <summary>An object on a line of its own. What is not ASCII is escaped, so that nothing in it can drive a terminal.</summary>
    public Task WriteJsonAsync<T>(T value) => Terminal.Out.WriteLineAsync(JsonSerializer.Serialize(value));

    public Task WriteLineAsync(string text) => Terminal.Out.WriteLineAsync(Terminal.Plain(text));

    /// <summary>The account that is meant: by its id or address, or the default one.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public async Task<string> AccountAsync(string? named, CancellationToken cancellationToken)
    {
        // An id may be that of a disconnected account, which no list shows.
        if (named is not null && !named.Contains('@', StringComparison.Ordinal)) return named;
        var accounts = await Client.Accounts.ListAsync(cancellationToken);
        var meant = accounts.FirstOrDefault(a => named is null ? a.IsDefault : a.Email.Equals(named, StringComparison.OrdinalIgnoreCase));
        return meant?.Id ?? throw new CommandException(named is null ? "no account is connected: postmill accounts connect" : $"no account has the address {named}", ExitCodes.Wrong);
    }

    public void Dispose() => _http.Dispose();
}
