namespace Granary.Tests.Conformance;

public sealed class UnknownWordException(string message) : Exception(message);
