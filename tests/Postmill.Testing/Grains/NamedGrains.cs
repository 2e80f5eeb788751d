using System.Reflection;
using Orleans;
using Orleans.Runtime;

namespace Postmill.Testing.Grains;

/// <summary>A grain factory that hands out what a test says for a grain's id, and nothing by any other way.</summary>
public class NamedGrains : DispatchProxy
{
    private Func<GrainId, IGrain> _grain = _ => throw new NotSupportedException();

    /// <param name="grain">The double of a grain; its key is the text after the slash of the id.</param>
    public static IGrainFactory Of(Func<GrainId, IGrain> grain)
    {
        var factory = Create<IGrainFactory, NamedGrains>();
        ((NamedGrains)(object)factory)._grain = grain;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        args is [GrainId id] ? _grain(id) : throw new NotSupportedException($"{targetMethod?.Name} of a grain factory of the tests");
}
