namespace Postmill.Grains.Tests.OnOrleans;

public sealed class RemoteTurnTests() : TurnTests(Layout.Apart);
