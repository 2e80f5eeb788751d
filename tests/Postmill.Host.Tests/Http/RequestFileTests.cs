namespace Postmill.Host.Tests.Http;

public sealed class RequestFileTests
{
    [Fact]
    public async Task The_access_requests_are_answered_as_they_say()
    {
        await using var host = await HostFixture.StartAsync();
        var file = RequestFile.Read(RequestFile.All().Single(f => f.EndsWith("access.http", StringComparison.Ordinal)));
        Assert.True(await file.ReplayAsync(host.NewClient(), host.Address) > 20);
    }
}
