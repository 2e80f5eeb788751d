using System.Reflection;
using Orleans.Runtime;

namespace Granary.Calls;

/// <summary>The reference the engine hands out: turns a method call into a <see cref="GrainCall"/>.</summary>
internal class GrainProxy : GrainReference
{
    public GrainCalls Calls { get; private set; } = null!;

    public GrainInterface Interface { get; private set; } = null!;

    public static GrainProxy Create(GrainCalls calls, GrainInterface contract, GrainId id)
    {
        var proxy = (GrainProxy)Create(contract.Type, typeof(GrainProxy));
        proxy.Calls = calls;
        proxy.Interface = contract;
        proxy.GrainId = id;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = Interface[targetMethod!];
        return method.Returns.IsStream ? method.Returns.Stream(Calls, GrainId, method, args ?? []) : Calls.Invoke(GrainId, method, args ?? []);
    }
}
