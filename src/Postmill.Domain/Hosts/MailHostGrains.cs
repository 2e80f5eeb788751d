namespace Postmill.Domain.Hosts;

public static class MailHostGrains
{
    public const string GrainType = "mailhost";

    /// <summary>The grain of a host, however it is spelled. It is named by its type, so that a front can name it before it has met a silo.</summary>
    public static IMailHostGrain MailHost(this IGrainFactory grains, string host) => grains.GetGrain<IMailHostGrain>(GrainId.Create(GrainType, KeyOf(host)));

    /// <summary>Host names are the same in any case and with a dot at the end (RFC 1034 §3.1).</summary>
    public static string KeyOf(string host) => host.TrimEnd('.').ToLowerInvariant();
}
