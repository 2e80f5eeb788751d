using System.Globalization;
using Granary.Cluster;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Granary.Transport;

/// <summary>Who may call: looks at a request's headers before anything of its body is read.</summary>
internal sealed class CallGuard(SiloKey key, ISiloIdentity identity, ISiloWatch view, IOptions<TransportOptions> options)
{
    /// <summary>Why the request is refused, with its status; null when it is not.</summary>
    public (int Status, string Why)? Refusal(HttpRequest request)
    {
        // The key comes first: who has none learns nothing else.
        if (!key.Matches(request.Headers[WireHeaders.Key].ToString())) return (StatusCodes.Status401Unauthorized, "The cluster secrets of the two silos differ; all silos of a cluster have the same.");
        if (!int.TryParse(request.Headers[WireHeaders.Wire], CultureInfo.InvariantCulture, out var version) || version < WireHeaders.OldestVersion)
            return (StatusCodes.Status426UpgradeRequired, $"The wire form is not known here; this silo takes {WireHeaders.OldestVersion} and later.");
        var cluster = Uri.UnescapeDataString(request.Headers[WireHeaders.Cluster].ToString());
        if (cluster != identity.ClusterId) return (StatusCodes.Status403Forbidden, $"The caller is of cluster \"{Shortened(cluster)}\", this silo is of \"{identity.ClusterId}\".");
        if (!Guid.TryParse(request.Headers[WireHeaders.Caller], out var caller)) return (StatusCodes.Status400BadRequest, "The caller does not say which silo it is.");
        if (request.ContentLength is not { } length) return (StatusCodes.Status411LengthRequired, "The call does not say how long it is.");
        if (length > options.Value.MaxMessageBytes) return (StatusCodes.Status413PayloadTooLarge, string.Create(CultureInfo.InvariantCulture, $"The call takes {length} bytes; at most {options.Value.MaxMessageBytes} are taken."));
        // A caller that is not in our view has just joined, or it has gone: either way the view is old.
        if (view.Active.All(s => s.Incarnation != caller)) _ = view.LookAgainAsync();
        return null;
    }

    /// <summary>Who the caller says it is, for the log: by its headers alone, so it proves nothing.</summary>
    public string Claim(HttpRequest request) =>
        Guid.TryParse(request.Headers[WireHeaders.Caller], out var caller) && view.Active.FirstOrDefault(s => s.Incarnation == caller) is { } silo ? $"{silo.Name} at {silo.Address}" : "no known silo";

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100];
}
