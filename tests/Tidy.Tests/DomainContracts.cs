using System.Globalization;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Tidy.Tests;

/// <summary>The contracts as the assembly has them. Attributes are read by name: this project has no packages of Orleans.</summary>
internal static class DomainContracts
{
    public static SortedDictionary<string, string> Of(Assembly assembly)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var grain in GrainInterfaces(assembly))
        {
            all.Add($"grain {AliasOf(grain)}", grain.FullName!);
            foreach (var method in grain.GetMethods()) all.Add($"grain {AliasOf(grain)} {AliasOf(method)}", Signature(method));
        }

        foreach (var type in SerializableTypes(assembly))
        {
            all.Add($"type {AliasOf(type)}", type.FullName!);
            if (type.IsEnum) AddValues(all, type, $"type {AliasOf(type)}");
            else foreach (var field in Fields(type)) all.Add($"type {AliasOf(type)} {IdOf(field)}", $"{field.Name} : {Name(field.PropertyType)}");
        }

        // Enums travel as their numbers.
        foreach (var type in GrainInterfaces(assembly).SelectMany(g => g.GetMethods()).SelectMany(m => m.GetParameters()).Select(p => p.ParameterType).Where(t => t.IsEnum).Distinct())
            AddValues(all, type, $"enum {type.Name}");
        foreach (var (type, eventType) in EventTypes(assembly)) all.Add($"event {eventType}", string.Join(", ", JsonFields(type)));
        return all;
    }

    public static IEnumerable<Type> GrainInterfaces(Assembly assembly) =>
        assembly.GetTypes().Where(t => t.IsInterface && t.GetInterfaces().Any(i => i.Name.StartsWith("IGrainWith", StringComparison.Ordinal)));

    public static IEnumerable<Type> SerializableTypes(Assembly assembly) => assembly.GetTypes().Where(t => Attribute(t, "GenerateSerializerAttribute") is not null);

    /// <summary>What a serializable type carries: its properties that can be set.</summary>
    public static IEnumerable<PropertyInfo> Fields(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(p => p.SetMethod is not null).OrderBy(p => IdOf(p));

    public static string? AliasOf(MemberInfo member) => Attribute(member, "AliasAttribute")?.ConstructorArguments[0].Value as string;

    public static uint? IdOf(PropertyInfo field) => Attribute(field, "IdAttribute")?.ConstructorArguments[0].Value is { } id ? Convert.ToUInt32(id, CultureInfo.InvariantCulture) : null;

    private static IEnumerable<(Type Type, string EventType)> EventTypes(Assembly assembly) =>
        from type in assembly.GetTypes()
        let name = type.GetField("EventType", BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        where name is { IsLiteral: true }
        select (type, (string)name.GetRawConstantValue()!);

    private static IEnumerable<string> JsonFields(Type type) =>
        from property in type.GetProperties()
        let name = property.GetCustomAttribute<JsonPropertyNameAttribute>()
        where name is not null
        orderby property.GetCustomAttribute<JsonPropertyOrderAttribute>()?.Order ?? 0, property.MetadataToken
        select $"{name.Name} : {Name(property.PropertyType)}";

    private static void AddValues(SortedDictionary<string, string> all, Type type, string name)
    {
        foreach (var value in Enum.GetValuesAsUnderlyingType(type)) all.Add($"{name} {value}", Enum.GetName(type, value)!);
    }

    private static string Signature(MethodInfo method) =>
        $"{Name(method.ReturnType)} ({string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}"))})";

    private static string Name(Type type) =>
        Nullable.GetUnderlyingType(type) is { } inner ? Name(inner) + "?"
        : type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;

    private static CustomAttributeData? Attribute(MemberInfo member, string name) => member.GetCustomAttributesData().SingleOrDefault(a => a.AttributeType.Name == name);
}
