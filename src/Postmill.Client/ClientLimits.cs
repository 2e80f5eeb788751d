namespace Postmill.Client;

/// <summary>What the other end may cost us, whatever it sends. What a caller may want otherwise is in <see cref="PostmillClientOptions"/>.</summary>
internal static class ClientLimits
{
    /// <summary>Levels of JSON; no answer of the service has more than six.</summary>
    public const int JsonDepth = 64;

    /// <summary>Bytes read of an error answer; the service's are below 4 KiB, a proxy's page may be longer and says nothing more.</summary>
    public const int ErrorBytes = 64 * 1024;

    /// <summary>Characters of an error's text that go into an exception's message.</summary>
    public const int ErrorText = 500;

    /// <summary>Mails asked for at once; the service gives no more.</summary>
    public const int PageSize = 100;

    /// <summary>Bytes of one live frame. The service's are below 4 KiB.</summary>
    public const int FrameBytes = 256 * 1024;

    /// <summary>Bytes of the receive buffer of one live connection, and what it grows by.</summary>
    public const int FrameStep = 4 * 1024;

    /// <summary>How often a broken download is taken up again without a single byte of progress.</summary>
    public const int ResumesWithoutProgress = 5;

    /// <summary>Between two looks at an export that is being made: the first after it changed, and what it grows to while nothing does.</summary>
    public static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(250), LongestLook = TimeSpan.FromSeconds(2);

    /// <summary>The first wait after a loss; doubled with every loss after it.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait between two tries to connect; the service back after an hour is found again within this.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>How often a live connection asks whether the other end is there, and how long it may be silent then: a dead line is noticed within both.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(20);

    /// <summary>For a polite goodbye.</summary>
    public static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(1);
}
