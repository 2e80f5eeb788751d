namespace Engine.Tests.Grains;

public sealed class UnknownWordException(string message) : Exception(message);
