using System.Collections.Frozen;
using System.Reflection;
using Granary.Codec;
using Orleans;

namespace Granary.Calls;

/// <summary>A grain interface with its methods, those of its base interfaces included.</summary>
internal sealed class GrainInterface
{
    private readonly FrozenDictionary<MethodInfo, GrainMethod> _byMethod;
    private readonly FrozenDictionary<string, GrainMethod> _byAlias;

    public GrainInterface(Type type, ICopierSource copiers)
    {
        if (!type.IsInterface) throw new ArgumentException($"{type} is not an interface.");
        Type = type;
        Alias = type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.FullName ?? type.Name;
        _byMethod = new[] { type }.Concat(type.GetInterfaces()).SelectMany(i => i.GetMethods())
            .ToFrozenDictionary(m => m, m => new GrainMethod(this, m, copiers));
        var doubled = _byMethod.Values.GroupBy(m => m.Alias).FirstOrDefault(g => g.Count() > 1);
        if (doubled is not null) throw new NotSupportedException($"{type} has two methods called {doubled.Key} in calls; give them [Alias].");
        _byAlias = _byMethod.Values.ToFrozenDictionary(m => m.Alias);
    }

    public Type Type { get; }

    public string Alias { get; }

    public GrainMethod this[MethodInfo method] => _byMethod[method];

    public GrainMethod? Find(string alias) => _byAlias.GetValueOrDefault(alias);
}
