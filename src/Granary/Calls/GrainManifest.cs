using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Granary.Calls;

/// <summary>The grain classes of this silo, found in the assemblies it was given.</summary>
internal sealed class GrainManifest
{
    private readonly FrozenDictionary<GrainType, GrainClass> _byType;
    private readonly FrozenDictionary<Type, GrainClass[]> _byInterface;

    public GrainManifest(IOptions<GranaryOptions> options, IOptions<GrainCollectionOptions> collection)
    {
        var classes = options.Value.GrainAssemblies.Distinct()
            .SelectMany(a => a.GetTypes())
            .Where(t => t is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false } && t.IsAssignableTo(typeof(IGrain)) && t.IsAssignableTo(typeof(IGrainBase)))
            .Select(t => new GrainClass(t, collection.Value))
            .ToArray();
        var doubled = classes.GroupBy(c => c.GrainType).FirstOrDefault(g => g.Count() > 1);
        if (doubled is not null) throw new NotSupportedException($"{string.Join(" and ", doubled.Select(c => c.Type))} are both grain type {doubled.Key}; give them [GrainType].");
        _byType = classes.ToFrozenDictionary(c => c.GrainType);
        _byInterface = classes.SelectMany(c => c.Type.GetInterfaces().Select(i => (i, c))).GroupBy(p => p.i, p => p.c).ToFrozenDictionary(g => g.Key, g => g.ToArray());
    }

    public GrainClass? Find(GrainType type) => _byType.GetValueOrDefault(type);

    public GrainClass ClassOf(Type grainInterface, string? prefix)
    {
        var classes = _byInterface.GetValueOrDefault(grainInterface, []);
        if (prefix is not null) classes = [.. classes.Where(c => c.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal))];
        return classes.Length switch
        {
            1 => classes[0],
            0 => throw new ArgumentException($"Could not find an implementation for interface {grainInterface}."),
            _ => throw new ArgumentException($"Unable to identify a single grain class for interface {grainInterface}: {string.Join(", ", classes.Select(c => c.Type))}."),
        };
    }
}
