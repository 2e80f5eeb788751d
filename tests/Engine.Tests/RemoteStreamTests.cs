namespace Engine.Tests;

public sealed class RemoteStreamTests() : StreamTests(Layout.Apart);
