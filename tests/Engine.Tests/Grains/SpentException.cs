using Orleans;

namespace Engine.Tests.Grains;

/// <summary>A fault that has a serializer: it keeps its type from silo to silo.</summary>
[GenerateSerializer]
public sealed class SpentException(string message) : Exception(message);
