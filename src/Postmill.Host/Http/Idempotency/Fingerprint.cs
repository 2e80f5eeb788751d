using System.Security.Cryptography;
using System.Text;

namespace Postmill.Host.Http.Idempotency;

/// <summary>What makes two requests the same one: method, path (an alias is its route), query and every byte of the body.</summary>
internal static class Fingerprint
{
    public static byte[] Of(HttpRequest request, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // None of the three can hold a line feed, so their borders are clear.
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method}\n{request.PathBase}{request.Path}\n{request.QueryString}\n"));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }
}
