namespace Granary.Tests.Conformance;

public sealed class RemoteTurnTests : TurnTests, IAsyncLifetime
{
    private readonly Silo _caller;

    public RemoteTurnTests() : this(Silo.StartApart()) { }

    private RemoteTurnTests(Silo caller) : base(caller) => _caller = caller;

    public Task InitializeAsync() => _caller.ConnectAsync();

    Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;
}
