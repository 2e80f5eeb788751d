using Postmill.Host.Http;

namespace Postmill.Host.Start;

/// <summary>All that a silo of the role worker says over HTTP beside <c>/health</c>.</summary>
internal static class WorkerFace
{
    // A pattern of its own: the default one leaves paths that look like files to the server's empty 404.
    public static void MapWorker(this WebApplication app) => app.MapFallback("{**path}", static () => ApiErrors.Worker()).ExcludeFromDescription();
}
