namespace Engine.Tests;

public sealed class RemoteTurnTests() : TurnTests(Layout.Apart);
