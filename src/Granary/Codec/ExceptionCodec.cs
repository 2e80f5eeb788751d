using System.Reflection;
using System.Runtime.ExceptionServices;
using Orleans.Runtime;

namespace Granary.Codec;

/// <summary>
/// A fault. Here it is handed over as it is; on the wire go its type's name, message, stack and cause. It arrives as the same type if that is known and can be made
/// from a message, else as an <see cref="OrleansException"/> that says it all in its text.
/// </summary>
internal sealed class ExceptionCodec<T>(Codecs codecs) : ValueCodec<T?>
    where T : Exception
{
    public override bool IsImmutable => true;

    public override T? Copy(T? value, int depth) => value;

    public override void Write(CodecWriter writer, uint key, T? value) => WriteFault(writer, key, value);

    public override T? Read(ref CodecReader reader, WireType wire)
    {
        var fault = ReadFault(ref reader, wire);
        return fault as T ?? (fault is null ? null : throw new Orleans.Serialization.SerializerException($"A {fault.GetType()} came where a {typeof(T)} was expected.", fault));
    }

    private static void WriteFault(CodecWriter writer, uint key, Exception? fault)
    {
        if (fault is null)
        {
            writer.Header(key, WireType.Null);
            return;
        }

        var begin = writer.Begin(key);
        WriteText(writer, 0, Codecs.NameOf(fault.GetType()));
        WriteText(writer, 1, fault.Message);
        if (fault.StackTrace is { } stack) WriteText(writer, 2, stack);
        if (fault.InnerException is { } inner) WriteFault(writer, 3, inner);
        writer.End(begin);
    }

    private Exception? ReadFault(ref CodecReader reader, WireType wire)
    {
        if (wire == WireType.Null) return null;
        CodecReader.Expect(wire, WireType.Fields, typeof(Exception));
        var fields = reader.Fields();
        string name = "", message = "", stack = "";
        Exception? inner = null;
        while (!fields.AtEnd)
        {
            var (key, form) = fields.Header();
            if (key == 3 && form == WireType.Fields) inner = ReadFault(ref fields, form);
            else if (key > 2 || form != WireType.Bytes) fields.Skip(form);
            else if (key == 0) name = fields.Text();
            else if (key == 1) message = fields.Text();
            else stack = fields.Text();
        }

        var fault = Make(name, message, inner);
        return stack.Length == 0 ? fault : ExceptionDispatchInfo.SetRemoteStackTrace(fault, stack);
    }

    private Exception Make(string name, string message, Exception? inner)
    {
        var found = FaultTypes.Known(name) ?? codecs.Named(name);
        if (found is null || !found.IsAssignableTo(typeof(Exception))) return new OrleansException($"{name}: {message}", inner);
        const BindingFlags any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        if (found.GetConstructor(any, [typeof(string), typeof(Exception)]) is { } both) return (Exception)both.Invoke([message, inner]);
        if (found.GetConstructor(any, [typeof(string)]) is { } one) return (Exception)one.Invoke([message]);
        return new OrleansException($"{name}: {message}", inner);
    }

    private static void WriteText(CodecWriter writer, uint key, string text)
    {
        writer.Header(key, WireType.Bytes);
        writer.Text(text);
    }
}
