using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans;

namespace Granary.Codec;

/// <summary>A class or struct, level by level from its base: the numbers of one level do not touch those of another.</summary>
internal sealed class ObjectCodec<T>(Codecs codecs) : ValueCodec<T>, IObjectCodec
{
    private MemberCodec<T>[][] _levels = [];
    private Func<T> _create = static () => default!;
    private bool _immutable;

    public override bool IsImmutable => _immutable;

    /// <summary>Finds the members; apart from construction because a type may contain itself.</summary>
    public void Complete(IReadOnlyList<Type> levels, Func<Type, ValueCodec> codecOf)
    {
        var members = levels.Select(Member.Of).ToArray();
        _levels = [.. members.Select(level => level.Select(m => MemberCodec<T>.Of(m, codecOf(m.Type))).ToArray())];
        if (!typeof(T).IsValueType) _create = Creator();
        _immutable = typeof(T).IsDefined(typeof(ImmutableAttribute), inherit: false) || (typeof(T).IsSealed && IsFrozen(members));
    }

    public override T Copy(T value, int depth)
    {
        if (value is null || _immutable) return value;
        if (IsOther(value, out var other)) return (T)codecs.Get(other).CopyObject(value, depth)!;
        var deeper = Deeper(depth);
        var copy = _create();
        foreach (var level in _levels)
            foreach (var member in level) member.Copy(ref value, ref copy, deeper);
        return copy;
    }

    public override void Write(CodecWriter writer, uint key, T value)
    {
        if (value is null)
        {
            writer.Header(key, WireType.Null);
            return;
        }

        if (IsOther(value, out var other))
        {
            codecs.WriteTyped(writer, key, value, other);
            return;
        }

        var begin = writer.Begin(key);
        for (var i = 0; i < _levels.Length; i++)
        {
            if (i > 0) writer.Header(0, WireType.NextLevel);
            foreach (var member in _levels[i]) member.Write(writer, ref value);
        }

        writer.End(begin);
    }

    public override T Read(ref CodecReader reader, WireType wire)
    {
        if (wire == WireType.Null) return default!;
        if (wire == WireType.Typed) return (T)codecs.ReadTyped(ref reader, typeof(T))!;
        CodecReader.Expect(wire, WireType.Fields, typeof(T));
        var fields = reader.Fields();
        var value = _create();
        var level = 0;
        while (!fields.AtEnd)
        {
            var (key, form) = fields.Header();
            if (form == WireType.NextLevel) level++;
            else if (level < _levels.Length && Array.Find(_levels[level], m => m.Key == key) is { } member) member.Read(ref fields, form, ref value);
            else fields.Skip(form);
        }

        return value;
    }

    private static bool IsOther(T value, out Type other)
    {
        other = typeof(T).IsValueType ? typeof(T) : value!.GetType();
        return other != typeof(T);
    }

    // The parameterless constructor sets what the wire does not carry; without one the object is made bare.
    private static Func<T> Creator() =>
        typeof(T).GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, []) is { } constructor
            ? Expression.Lambda<Func<T>>(Expression.New(constructor)).Compile()
            : static () => (T)RuntimeHelpers.GetUninitializedObject(typeof(T));

    // All there is are read-only fields of values that do not change.
    private bool IsFrozen(Member[][] members)
    {
        var fields = 0;
        for (var type = typeof(T); type is not null && type != typeof(object) && type != typeof(ValueType); type = type.BaseType)
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!field.IsInitOnly && !typeof(T).IsValueType) return false;
                fields++;
            }

        return fields == members.Sum(level => level.Length) && _levels.All(level => level.All(m => m.IsImmutable));
    }
}
