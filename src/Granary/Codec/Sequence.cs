namespace Granary.Codec;

/// <summary>The form all collections have: a field of fields, one per item, all numbered 0.</summary>
internal static class Sequence
{
    public static void Write<T>(CodecWriter writer, uint key, IEnumerable<T>? items, ValueCodec<T> item)
    {
        if (items is null)
        {
            writer.Header(key, WireType.Null);
            return;
        }

        var begin = writer.Begin(key);
        foreach (var value in items) item.Write(writer, 0, value);
        writer.End(begin);
    }

    public static List<T>? Read<T>(ref CodecReader reader, WireType wire, ValueCodec<T> item)
    {
        if (wire == WireType.Null) return null;
        CodecReader.Expect(wire, WireType.Fields, typeof(IEnumerable<T>));
        var fields = reader.Fields();
        var items = new List<T>();
        while (!fields.AtEnd)
        {
            var (key, form) = fields.Header();
            if (key == 0) items.Add(item.Read(ref fields, form));
            else fields.Skip(form);
        }

        return items;
    }
}
