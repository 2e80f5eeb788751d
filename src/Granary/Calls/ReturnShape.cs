using System.Reflection;
using Granary.Streams;
using Orleans.Runtime;

namespace Granary.Calls;

/// <summary>What a grain method returns, and how that becomes a call's result and back.</summary>
internal abstract class ReturnShape
{
    public virtual bool IsStream => false;

    /// <summary>The type of the result or item; null when there is none.</summary>
    public virtual Type? ResultType => null;

    public static ReturnShape Of(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(Task)) return new TaskShape();
        if (type == typeof(ValueTask)) return new ValueTaskShape();
        var generic = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var shape = generic == typeof(Task<>) ? typeof(TaskShape<>)
            : generic == typeof(ValueTask<>) ? typeof(ValueTaskShape<>)
            : generic == typeof(IAsyncEnumerable<>) ? typeof(StreamShape<>)
            : throw new NotSupportedException($"{method.DeclaringType}.{method.Name} returns {type}; a grain method returns Task, ValueTask or IAsyncEnumerable.");
        return (ReturnShape)Activator.CreateInstance(shape.MakeGenericType(type.GetGenericArguments()))!;
    }

    /// <summary>What the caller of the proxy gets.</summary>
    public abstract object ToCaller(Task<object?> response);

    /// <summary>The result of what the grain's method returned.</summary>
    public abstract ValueTask<object?> FromGrain(object? returned);

    /// <summary>For streams: what the caller of the proxy gets.</summary>
    public virtual object Stream(GrainCalls calls, GrainId target, GrainMethod method, object?[] arguments) => throw new NotSupportedException();

    /// <summary>For streams: the grain's side of one.</summary>
    public virtual Enumeration Enumerate(GrainCall call, object grain, EnumerationSettings settings) => throw new NotSupportedException();

    private sealed class TaskShape : ReturnShape
    {
        public override object ToCaller(Task<object?> response) => response;

        public override async ValueTask<object?> FromGrain(object? returned)
        {
            await ((Task)returned!);
            return null;
        }
    }

    private sealed class TaskShape<T> : ReturnShape
    {
        public override Type ResultType => typeof(T);

        public override object ToCaller(Task<object?> response) => Typed(response);

        public override async ValueTask<object?> FromGrain(object? returned) => await ((Task<T>)returned!);

        private static async Task<T> Typed(Task<object?> response) => (T)(await response.ConfigureAwait(false))!;
    }

    private sealed class ValueTaskShape : ReturnShape
    {
        public override object ToCaller(Task<object?> response) => new ValueTask(response);

        public override async ValueTask<object?> FromGrain(object? returned)
        {
            await (ValueTask)returned!;
            return null;
        }
    }

    private sealed class ValueTaskShape<T> : ReturnShape
    {
        public override Type ResultType => typeof(T);

        public override object ToCaller(Task<object?> response) => new ValueTask<T>(Typed(response));

        public override async ValueTask<object?> FromGrain(object? returned) => await (ValueTask<T>)returned!;

        private static async Task<T> Typed(Task<object?> response) => (T)(await response.ConfigureAwait(false))!;
    }

    private sealed class StreamShape<T> : ReturnShape
    {
        public override bool IsStream => true;

        public override Type ResultType => typeof(T);

        public override object ToCaller(Task<object?> response) => throw new NotSupportedException();

        public override ValueTask<object?> FromGrain(object? returned) => throw new NotSupportedException();

        public override object Stream(GrainCalls calls, GrainId target, GrainMethod method, object?[] arguments) =>
            new GrainStream<T>(calls, target, method, arguments);

        public override Enumeration Enumerate(GrainCall call, object grain, EnumerationSettings settings) => new Enumeration<T>(call, grain, settings);
    }
}
