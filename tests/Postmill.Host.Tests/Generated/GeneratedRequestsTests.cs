using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Xunit.Abstractions;

namespace Postmill.Host.Tests.Generated;

/// <summary>
/// Ten thousand requests out of the API's own description. <c>POSTMILL_GENERATED_SEED</c> chooses others, <c>POSTMILL_GENERATED_REQUESTS</c> another number of them.
/// </summary>
public sealed class GeneratedRequestsTests(ITestOutputHelper output)
{
    private const int AtOnce = 16;
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(90); // a sync is waited for 60 s
    private readonly int _seed = Setting("POSTMILL_GENERATED_SEED", 20_260_115);
    private readonly int _count = Setting("POSTMILL_GENERATED_REQUESTS", 10_000);

    [Fact]
    public async Task Nothing_that_anybody_sends_is_answered_by_a_fault()
    {
        await using var world = await GeneratedWorld.StartAsync();
        using var description = await world.Host.NewClient().GetAsync("/openapi/v1.json");
        var document = await description.JsonAsync();
        var operations = ApiOperation.ReadAll(document);
        var names = ApiOperation.FieldNames(document);
        var wrong = new ConcurrentBag<string>();
        var statuses = new ConcurrentDictionary<(string Operation, int Status), int>();
        using var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { Timeout = LongestAnswer };
        await Parallel.ForEachAsync(Enumerable.Range(0, _count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancellationToken) =>
        {
            var request = new GeneratedRequest(_seed, number, operations, world.Ids, names);
            using var message = request.ToMessage(world.Host.Address);
            message.Headers.Authorization = GeneratedRequest.Bearer(TokenFor(world, request, number / operations.Count));
            using var answer = await client.SendAsync(message, cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            statuses.AddOrUpdate((request.Operation.ToString(), (int)answer.StatusCode), 1, static (_, n) => n + 1);
            if (AnswerRules.Broken(request.Method, request.Path, answer.StatusCode, answer.Content.Headers.ContentType?.ToString(), body) is { } problem)
                wrong.Add($"#{number} {problem}: {request}");
        });
        Report(statuses);
        Assert.True(wrong.IsEmpty, $"seed {_seed}: {wrong.Count} of {_count}:\n{string.Join('\n', wrong.Order(StringComparer.Ordinal).Take(30))}\n{string.Join('\n', Faults(world.Host).Take(5))}");
        Assert.All(operations, o => Assert.True(statuses.Where(s => s.Key.Operation == o.ToString()).Sum(s => s.Value) > 0, $"{o} was never sent"));
        await AssertWellAsync(world);
    }

    /// <summary>Admins most of the time: the others are stopped at the door, which is soon tested.</summary>
    private static string? TokenFor(GeneratedWorld world, GeneratedRequest request, int round)
    {
        if (request.Path.Contains("sign-out", StringComparison.Ordinal)) return world.Spare;
        var byKey = request.Operation.Path.StartsWith("/api/v1/", StringComparison.Ordinal) && !request.Operation.Path.Contains("keys", StringComparison.Ordinal);
        return (round % 8) switch { 0 => world.Tokens[1], 1 => byKey ? world.Tokens[0] : world.Tokens[2], 2 => world.Tokens[3], _ => world.Tokens[byKey ? 2 : 0] };
    }

    private static async Task AssertWellAsync(GeneratedWorld world)
    {
        Assert.Empty(Faults(world.Host));
        using var ready = await world.Host.NewClient().GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        using var me = await world.Admin.Client.GetAsync("/api/me");
        Assert.Equal(HttpStatusCode.OK, me.StatusCode);
    }

    private static IEnumerable<string> Faults(HostFixture host) =>
        host.Logs.Lines.Where(l => l.StartsWith("Error", StringComparison.Ordinal) || l.StartsWith("Critical", StringComparison.Ordinal));

    private void Report(ConcurrentDictionary<(string Operation, int Status), int> statuses)
    {
        output.WriteLine($"seed {_seed}, {_count} requests");
        foreach (var operation in statuses.GroupBy(s => s.Key.Operation).OrderBy(g => g.Key, StringComparer.Ordinal))
            output.WriteLine($"{operation.Key}: {string.Join(", ", operation.OrderBy(s => s.Key.Status).Select(s => $"{s.Key.Status} × {s.Value}"))}");
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : otherwise;
}
