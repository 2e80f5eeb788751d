using Postmill.Testing.Servers;

namespace Postmill.Testing.Sink;

/// <summary>How a sink is set up. Plain values: a sink that is a process of its own reads them from a file.</summary>
public sealed record SinkOptions
{
    /// <summary>0: a free one.</summary>
    public int Port { get; init; }

    /// <summary>The file of what was accepted; it is appended to. Null: a fresh one.</summary>
    public string? JournalPath { get; init; }

    /// <summary>Whether every 250 waits for the disk. The write before it always comes first, which survives a kill of the sink.</summary>
    public bool Fsync { get; init; } = true;

    /// <summary>Keeps the accepted bytes: in memory, and in the folder <c>{journal}.d</c>, by their SHA-256.</summary>
    public bool KeepContent { get; init; } = true;

    public SinkExtensions Extensions { get; init; } = SinkExtensions.All;

    /// <summary>Whether MAIL wants a login first.</summary>
    public bool RequireAuth { get; init; }

    /// <summary>The one password that gets in; null: any.</summary>
    public string? Password { get; init; }

    public PemPair? Certificate { get; init; }

    public bool ImplicitTls { get; init; }

    /// <summary>Announced with SIZE, and held whether announced or not.</summary>
    public int MaxBytes { get; init; } = 64 << 20;

    /// <summary>MAIL beyond so many accepted mails gets 421 and the end; 0: none.</summary>
    public int MaxMailsPerConnection { get; init; }

    /// <summary>Connections beyond get 421 and the end.</summary>
    public int MaxConnections { get; init; } = 4096;

    public int MaxRecipients { get; init; } = 1000;

    /// <summary>Of rules with a probability.</summary>
    public int Seed { get; init; } = 1;

    public IReadOnlyList<SinkRule> Rules { get; init; } = [];
}
