using Orleans.Runtime;

namespace Orleans;

/// <summary>Marks a grain interface. Its methods return <c>Task</c>, <c>Task&lt;T&gt;</c>, <c>ValueTask</c>, <c>ValueTask&lt;T&gt;</c> or <c>IAsyncEnumerable&lt;T&gt;</c>.</summary>
public interface IGrain : IAddressable;
