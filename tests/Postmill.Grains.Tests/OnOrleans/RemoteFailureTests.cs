namespace Postmill.Grains.Tests.OnOrleans;

public sealed class RemoteFailureTests() : FailureTests(Layout.Apart);
