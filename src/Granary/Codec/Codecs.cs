using System.Collections.Concurrent;
using System.Reflection;
using Granary.Calls;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Granary.Codec;

/// <summary>All codecs of a silo, made at first use. Types are found by name only if they are known here: bytes cannot name any other.</summary>
internal sealed class Codecs : ICopierSource
{
    private readonly ConcurrentDictionary<Type, ValueCodec> _ready = new();
    private readonly Dictionary<Type, ValueCodec> _building = [];
    private readonly ConcurrentDictionary<string, Type> _named = new();
    private readonly Lock _gate = new();
    private readonly Lazy<GrainCalls> _calls;

    public Codecs(IServiceProvider services, IOptions<GranaryOptions> options)
    {
        _calls = new Lazy<GrainCalls>(services.GetRequiredService<GrainCalls>);
        foreach (var leaf in Leaves.All) Add(leaf);
        Add(new ExceptionCodec<Exception>(this));
        foreach (var type in options.Value.GrainAssemblies.Distinct().SelectMany(a => a.GetTypes()).Where(t => t.IsDefined(typeof(GenerateSerializerAttribute), false) && !t.IsGenericTypeDefinition))
            Name(type);
    }

    public Func<object, object> CopierOf(Type type)
    {
        var codec = Get(type);
        return codec.IsImmutable ? static value => value : value => codec.CopyObject(value, 0)!;
    }

    public ValueCodec<T> Get<T>() => (ValueCodec<T>)Get(typeof(T));

    /// <summary>The codec of a type.</summary>
    /// <exception cref="CodecNotFoundException">The type, or one it contains, may not travel.</exception>
    public ValueCodec Get(Type type)
    {
        if (_ready.TryGetValue(type, out var codec)) return codec;
        lock (_gate)
        {
            try
            {
                codec = GetBuilding(type);
                foreach (var (built, one) in _building) _ready.TryAdd(built, one);
                return codec;
            }
            finally
            {
                _building.Clear();
            }
        }
    }

    /// <summary>Makes a type known by its name.</summary>
    public void Name(Type type)
    {
        var name = NameOf(type);
        if (_named.GetOrAdd(name, type) != type) throw new NotSupportedException($"{type} and {_named[name]} are both called {name} in calls; give one another [Alias].");
    }

    public void WriteTyped(CodecWriter writer, uint key, object value, Type type)
    {
        var codec = Get(type);
        Name(type);
        writer.Header(key, WireType.Typed);
        writer.Text(NameOf(type));
        codec.WriteObject(writer, 0, value);
    }

    public object? ReadTyped(ref CodecReader reader, Type expected)
    {
        var name = reader.Text();
        if (!_named.TryGetValue(name, out var type) || !type.IsAssignableTo(expected)) throw new SerializerException($"\"{name}\" is no known {expected}.");
        return Get(type).ReadObject(ref reader, reader.Header().Wire);
    }

    public static string NameOf(Type type) => type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.ToString();

    public Type? Named(string name) => _named.GetValueOrDefault(name);

    private void Add(ValueCodec codec)
    {
        _ready[codec.Type] = codec;
        _named[NameOf(codec.Type)] = codec.Type;
    }

    private ValueCodec GetBuilding(Type type)
    {
        if (_ready.TryGetValue(type, out var codec) || _building.TryGetValue(type, out codec)) return codec;
        codec = BuildSimple(type);
        if (codec is not null) return _building[type] = codec;
        var levels = LevelsOf(type);
        if (type.IsAbstract || type.IsInterface) return _building[type] = Make(typeof(PolymorphicCodec<>), [type], this);
        codec = _building[type] = Make(typeof(ObjectCodec<>), [type], this);
        ((IObjectCodec)codec).Complete(levels, GetBuilding);
        return codec;
    }

    private ValueCodec? BuildSimple(Type type)
    {
        if (type == typeof(object)) return Make(typeof(PolymorphicCodec<>), [type], this);
        if (type.IsEnum) return Make(typeof(EnumCodec<,>), [type, type.GetEnumUnderlyingType()], GetBuilding(type.GetEnumUnderlyingType()));
        if (type.IsSZArray) return Make(typeof(ArrayCodec<>), [type.GetElementType()!], GetBuilding(type.GetElementType()!));
        if (Nullable.GetUnderlyingType(type) is { } inner) return Make(typeof(NullableCodec<>), [inner], GetBuilding(inner));
        if (type.IsAssignableTo(typeof(Exception))) return Make(typeof(ExceptionCodec<>), [type], this);
        if (type.IsAssignableTo(typeof(GrainReference))) return Make(typeof(ReferenceCodec<>), [typeof(IAddressable)], ReferenceOf(typeof(IAddressable)));
        if (type.IsInterface && type.IsAssignableTo(typeof(IAddressable))) return Make(typeof(ReferenceCodec<>), [type], ReferenceOf(type));
        return Collections.Build(type, GetBuilding);
    }

    private Func<GrainId, object> ReferenceOf(Type type) => id => _calls.Value.Reference(type, id);

    private static ValueCodec Make(Type definition, Type[] arguments, params object[] parameters) =>
        (ValueCodec)Activator.CreateInstance(definition.MakeGenericType(arguments), parameters)!;

    /// <summary>The types of a hierarchy that have members of their own, base first.</summary>
    private static List<Type> LevelsOf(Type type)
    {
        if (type.IsGenericType && Member.IsPlain(type)) return [type];
        if (!type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && !type.IsInterface)
            throw new CodecNotFoundException($"{type} may not travel in grain calls: it has no [GenerateSerializer], and is no type the engine knows.");
        var levels = new List<Type>();
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
            if (level.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)) levels.Insert(0, level);
            else if (level.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Any(m => m.IsDefined(typeof(IdAttribute), false)))
                throw new CodecNotFoundException($"{level} may not travel in grain calls: it has [Id] but no [GenerateSerializer].");
        return levels;
    }
}
