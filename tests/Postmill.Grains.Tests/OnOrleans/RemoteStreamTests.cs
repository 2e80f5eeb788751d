namespace Postmill.Grains.Tests.OnOrleans;

public sealed class RemoteStreamTests() : StreamTests(Layout.Apart);
