using System.Net;
using System.Net.Http.Headers;
using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary>Bytes of a mail or an export on their way. Dispose it.</summary>
public sealed class EmailContent : IAsyncDisposable
{
    private EmailContent(Stream stream, HttpContent content, long? total)
    {
        Stream = stream;
        ContentType = content.Headers.ContentType?.MediaType ?? "application/octet-stream";
        FileName = NameOf(content.Headers.ContentDisposition);
        Length = total;
    }

    /// <summary>Reads forward, asynchronously only. A lost connection is taken up again where it broke, as long as the content is the same.</summary>
    public Stream Stream { get; }

    /// <summary>As the sender says.</summary>
    public string ContentType { get; }

    /// <summary>As the sender says: it may hold anything but is never safe as a path.</summary>
    public string? FileName { get; }

    /// <summary>Bytes of the whole content, whatever the offset; null when the service does not say.</summary>
    public long? Length { get; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    internal static async Task<EmailContent> OpenAsync(ApiWire wire, string path, long offset, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var answer = await ContentStream.RequestAsync(wire, path, offset, unchanged: null, cancellationToken).ConfigureAwait(false);
        var total = answer.StatusCode == HttpStatusCode.PartialContent ? answer.Content.Headers.ContentRange?.Length : answer.Content.Headers.ContentLength;
        return new EmailContent(new ContentStream(wire, path, answer, offset, total), answer.Content, total);
    }

    // RFC 6266 §4.3: filename* wins. HttpClient leaves the quotes of filename in place.
    private static string? NameOf(ContentDispositionHeaderValue? disposition) => disposition?.FileNameStar ?? disposition?.FileName?.Trim('"');
}
