namespace Granary.Codec;

/// <summary>The form of a field; enough to skip it without knowing it. The numbers are on the wire.</summary>
internal enum WireType : byte
{
    /// <summary>Seven bits a byte, least first.</summary>
    Varint = 0,

    /// <summary>Eight bytes, little-endian.</summary>
    Fixed64 = 1,

    /// <summary>A varint length and that many bytes.</summary>
    Bytes = 2,

    /// <summary>Four bytes, little-endian.</summary>
    Fixed32 = 3,

    /// <summary>Four bytes of length and fields.</summary>
    Fields = 4,

    /// <summary>No value.</summary>
    Null = 5,

    /// <summary>A type name as <see cref="Bytes"/> without header, then one field of that type.</summary>
    Typed = 6,

    /// <summary>The fields of the next more derived type follow.</summary>
    NextLevel = 7,
}
