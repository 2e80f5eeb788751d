using System.Linq.Expressions;
using System.Reflection;
using Granary.Codec;
using Orleans;
using Orleans.Concurrency;

namespace Granary.Calls;

/// <summary>A method of a grain interface: its name in calls, how it may interleave, and how to run it and isolate its values.</summary>
internal sealed class GrainMethod
{
    private readonly Func<object, object?[], object?> _invoke;
    private readonly ValueCopier?[] _parameters;
    private readonly ValueCopier? _result;

    public GrainMethod(GrainInterface owner, MethodInfo method, ICopierSource copiers)
    {
        if (method.IsGenericMethodDefinition) throw new NotSupportedException($"{method.DeclaringType}.{method.Name} is generic; this engine has no generic grain methods.");
        Interface = owner;
        var parameters = method.GetParameters();
        Alias = method.GetCustomAttribute<AliasAttribute>()?.Alias ?? $"{method.Name}/{parameters.Length}";
        AlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        ReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        OneWay = method.IsDefined(typeof(OneWayAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        Returns = ReturnShape.Of(method);
        CancellationIndex = Array.FindIndex(parameters, p => p.ParameterType == typeof(CancellationToken));
        ParameterTypes = [.. parameters.Select(p => p.ParameterType)];
        _parameters = [.. parameters.Select(p => CopierOf(p, copiers))];
        _result = Returns.ResultType is { } type && !method.ReturnParameter.IsDefined(typeof(ImmutableAttribute)) ? new ValueCopier(type, copiers) : null;
        _invoke = Compile(method, parameters);
    }

    public GrainInterface Interface { get; }

    public string Alias { get; }

    public bool AlwaysInterleave { get; }

    public bool ReadOnly { get; }

    public bool OneWay { get; }

    public TimeSpan? ResponseTimeout { get; }

    public ReturnShape Returns { get; }

    /// <summary>The place of the cancellation token among the parameters, or -1.</summary>
    public int CancellationIndex { get; }

    public Type[] ParameterTypes { get; }

    public object? Invoke(object grain, object?[] arguments) => _invoke(grain, arguments);

    /// <summary>Arguments nobody else holds. The token stays with the caller.</summary>
    public object?[] Isolate(object?[] arguments)
    {
        var copies = new object?[arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
            if (i != CancellationIndex) copies[i] = _parameters[i] is { } copier ? copier.Copy(arguments[i]) : arguments[i];
        return copies;
    }

    /// <summary>A result, or an item of a stream, nobody else holds.</summary>
    public object? IsolateResult(object? result) => _result is null ? result : _result.Copy(result);

    public override string ToString() => $"{Interface.Alias}.{Alias}";

    private static ValueCopier? CopierOf(ParameterInfo parameter, ICopierSource copiers) =>
        parameter.ParameterType == typeof(CancellationToken) || parameter.IsDefined(typeof(ImmutableAttribute)) ? null : new ValueCopier(parameter.ParameterType, copiers);

    private static Func<object, object?[], object?> Compile(MethodInfo method, ParameterInfo[] parameters)
    {
        var grain = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object?[]));
        var call = Expression.Call(
            Expression.Convert(grain, method.DeclaringType!),
            method,
            parameters.Select((p, i) => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), p.ParameterType)));
        return Expression.Lambda<Func<object, object?[], object?>>(Expression.Convert(call, typeof(object)), grain, arguments).Compile();
    }
}
