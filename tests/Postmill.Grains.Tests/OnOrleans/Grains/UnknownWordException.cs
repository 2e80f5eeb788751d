using Orleans;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

/// <summary>A fault that has a serializer: it keeps its type from silo to silo.</summary>
[GenerateSerializer]
public sealed class UnknownWordException(string message) : Exception(message);
