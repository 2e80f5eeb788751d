using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Orleans;

namespace Granary.Codec;

/// <summary>
/// A member that travels: its number on the wire, its type, and the field or property that holds it.
/// The key is twice the id, and odd for primary constructor parameters, which are numbered on their own.
/// </summary>
internal sealed record Member(uint Key, Type Type, MemberInfo Storage, bool Immutable)
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The members a type itself declares, by key.</summary>
    public static Member[] Of(Type level)
    {
        var members = level.IsGenericType && IsPlain(level) ? AllFields(level) : Numbered(level).Concat(Positional(level)).OrderBy(m => m.Key).ToArray();
        var doubled = members.GroupBy(m => m.Key).FirstOrDefault(g => g.Count() > 1);
        return doubled is null ? members : throw new NotSupportedException($"{level} has two members with [Id({doubled.Key >> 1})].");
    }

    /// <summary>Whether a type of the framework is nothing but its fields.</summary>
    public static bool IsPlain(Type type) => type.Namespace == "System.Collections.Generic" ? type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
        : type.IsAssignableTo(typeof(ITuple)) && type.Namespace == "System";

    private static Member[] AllFields(Type type) => [.. type.GetFields(Declared).Select((f, i) => new Member((uint)i << 1, f.FieldType, f, false))];

    private static IEnumerable<Member> Numbered(Type level)
    {
        foreach (var field in level.GetFields(Declared))
            if (field.GetCustomAttribute<IdAttribute>() is { } id) yield return new Member(id.Id << 1, field.FieldType, field, field.IsDefined(typeof(ImmutableAttribute)));
        foreach (var property in level.GetProperties(Declared))
            if (property.GetCustomAttribute<IdAttribute>() is { } id) yield return new Member(id.Id << 1, property.PropertyType, StorageOf(property), property.IsDefined(typeof(ImmutableAttribute)));
    }

    private static IEnumerable<Member> Positional(Type level)
    {
        if (!TakesPrimaryConstructor(level)) yield break;
        var parameters = level.GetConstructors(Declared)
            .Select(c => c.GetParameters())
            .Where(p => p.Length > 0 && p.All(parameter => MatchOf(level, parameter, BindingFlags.Default) is not null))
            .MaxBy(p => p.Length) ?? [];
        for (var i = 0u; i < parameters.Length; i++)
            if (MatchOf(level, parameters[i], BindingFlags.DeclaredOnly) is { } storage && !storage.Member.IsDefined(typeof(IdAttribute)))
                yield return new Member((i << 1) | 1, parameters[i].ParameterType, storage.Field, storage.Member.IsDefined(typeof(ImmutableAttribute)));
    }

    private static bool TakesPrimaryConstructor(Type level)
    {
        var attribute = level.GetCustomAttributesData().First(a => a.AttributeType == typeof(GenerateSerializerAttribute));
        var said = attribute.NamedArguments.FirstOrDefault(a => a.MemberName == nameof(GenerateSerializerAttribute.IncludePrimaryConstructorParameters));
        if (said.TypedValue.Value is bool explicitly) return explicitly;
        return level.GetMethod("<Clone>$", Declared) is not null
            || (level.IsValueType && level.GetMethod("PrintMembers", Declared, [typeof(StringBuilder)]) is { } print && print.IsDefined(typeof(CompilerGeneratedAttribute)));
    }

    // A parameter of a record is a property; one of a class that its code uses is a field the compiler names so.
    private static (MemberInfo Member, FieldInfo Field)? MatchOf(Type level, ParameterInfo parameter, BindingFlags scope)
    {
        const BindingFlags any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        if (level.GetProperty(parameter.Name!, any | scope) is { } property && property.PropertyType == parameter.ParameterType
            && property.DeclaringType!.GetField($"<{property.Name}>k__BackingField", Declared) is { } backing) return (property, backing);
        return level.GetField($"<{parameter.Name}>P", any | scope) is { } captured ? (captured, captured) : null;
    }

    private static MemberInfo StorageOf(PropertyInfo property)
    {
        if (property.DeclaringType!.GetField($"<{property.Name}>k__BackingField", Declared) is { } backing) return backing;
        return property is { GetMethod: not null, SetMethod: not null } ? property : throw new NotSupportedException($"{property.DeclaringType}.{property.Name} has an [Id] but cannot be set.");
    }
}
