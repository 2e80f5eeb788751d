using Granary.Streams;

namespace Granary.Activations;

/// <summary>Streams; touched only on the activation's scheduler.</summary>
internal sealed partial class Activation
{
    private EnumerationTable? _streams;

    public EnumerationTable Streams => _streams ??= new EnumerationTable(this, _host);

    private ValueTask EndStreamsAsync() => _streams is { } streams ? streams.DisposeAsync() : default;
}
