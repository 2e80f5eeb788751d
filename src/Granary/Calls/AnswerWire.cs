using Granary.Codec;
using Granary.Streams;
using Orleans.Serialization;

namespace Granary.Calls;

/// <summary>The outcome of a call as bytes: 0 result, 1 fault, 2 status of a stream, 3 its items.</summary>
internal sealed class AnswerWire(Codecs codecs)
{
    public byte[] WriteResult(GrainMethod method, object? result)
    {
        var writer = new CodecWriter();
        if (result is EnumerationBatch batch)
        {
            codecs.Get<byte>().Write(writer, 2, (byte)batch.Status);
            var items = writer.Begin(3);
            foreach (var item in batch.Items) codecs.Get(method.Returns.ResultType!).WriteObject(writer, 0, item);
            writer.End(items);
            if (batch.Fault is { } fault) codecs.Get<Exception>().Write(writer, 1, fault);
        }
        else if (method.Returns.ResultType is { } type) codecs.Get(type).WriteObject(writer, 0, result);
        return writer.Written.ToArray();
    }

    public byte[] WriteFault(Exception fault)
    {
        var writer = new CodecWriter();
        codecs.Get<Exception>().Write(writer, 1, fault);
        return writer.Written.ToArray();
    }

    /// <summary>The result, or a task that faulted as the call did.</summary>
    /// <exception cref="SerializerException">The bytes are broken.</exception>
    public Task<object?> Read(GrainMethod method, ReadOnlySpan<byte> bytes)
    {
        var reader = new CodecReader(bytes);
        object? result = null;
        Exception? fault = null;
        EnumerationStatus? status = null;
        var items = new List<object?>();
        while (!reader.AtEnd)
        {
            var (key, form) = reader.Header();
            switch (key)
            {
                case 0 when method.Returns.ResultType is { } type: result = codecs.Get(type).ReadObject(ref reader, form); break;
                case 1: fault = codecs.Get<Exception>().Read(ref reader, form); break;
                case 2: status = (EnumerationStatus)codecs.Get<byte>().Read(ref reader, form); break;
                case 3: ReadItems(method, ref reader, form, items); break;
                default: reader.Skip(form); break;
            }
        }

        if (status is { } known) return Task.FromResult<object?>(new EnumerationBatch(known, [.. items], fault));
        return fault is null ? Task.FromResult(result) : Task.FromException<object?>(fault);
    }

    private void ReadItems(GrainMethod method, ref CodecReader reader, WireType form, List<object?> items)
    {
        CodecReader.Expect(form, WireType.Fields, typeof(EnumerationBatch));
        var fields = reader.Fields();
        while (!fields.AtEnd) items.Add(codecs.Get(method.Returns.ResultType!).ReadObject(ref fields, fields.Header().Wire));
    }
}
