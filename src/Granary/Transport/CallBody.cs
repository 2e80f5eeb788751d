using System.Net;
using System.Net.Http.Headers;

namespace Granary.Transport;

/// <summary>The bytes of a call. It notes whether they were begun to be sent: a call that was not has had no effect, whatever the connection says.</summary>
internal sealed class CallBody : HttpContent
{
    private readonly byte[] _bytes;

    public CallBody(byte[] bytes)
    {
        _bytes = bytes;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    public bool WasSent { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        WasSent = true;
        return stream.WriteAsync(_bytes, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _bytes.Length;
        return true;
    }
}
