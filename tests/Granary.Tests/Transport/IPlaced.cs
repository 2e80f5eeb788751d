using Orleans;

namespace Granary.Tests.Transport;

[Alias("test.placed")]
public interface IPlaced : IGrainWithStringKey
{
    Task<string> Where();

    Task<byte[]> Echo(byte[] bytes);

    Task<byte[]> Large(int bytes);

    Task<string> WhereIs(string other);
}
