namespace Granary.Tests.Conformance;

public sealed class RemoteStreamTests : StreamTests, IAsyncLifetime
{
    private readonly Silo _caller;

    public RemoteStreamTests() : this(Silo.StartApart()) { }

    private RemoteStreamTests(Silo caller) : base(caller) => _caller = caller;

    private protected override Type Failure => typeof(Orleans.Runtime.OrleansException);

    public Task InitializeAsync() => _caller.ConnectAsync();

    Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;
}
