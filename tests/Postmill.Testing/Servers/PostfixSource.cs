namespace Postmill.Testing.Servers;

/// <summary>Postfix's smtp-source: sends so many mails of a size through so many sessions, as fast as it can.</summary>
public static class PostfixSource
{
    /// <param name="PerConnection">Whether a session keeps its connection between mails.</param>
    public sealed record Load(int Mails, int Sessions, int Bytes, bool PerConnection = true);

    /// <summary>Returns when all are sent; throws when one was refused.</summary>
    public static Task RunAsync(int port, Load load)
    {
        string[] reuse = load.PerConnection ? ["-d"] : [];
        return Tool.RunAsync(
            [Tool.Find("smtp-source"), .. reuse, "-s", $"{load.Sessions}", "-m", $"{load.Mails}", "-l", $"{load.Bytes}", "-f", "source@mail.test", "-t", "sink@mail.test", $"inet:127.0.0.1:{port}"]);
    }
}
