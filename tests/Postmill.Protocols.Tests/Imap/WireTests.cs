using Postmill.Protocols.Imap;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Tests.Imap;

/// <summary>The same session however the network cuts it, and whatever happens to its bytes.</summary>
public sealed class WireTests
{
    // Small, so that what a mutated length can make us allocate is small, too.
    private static readonly ImapLimits Tight = new() { ResponseBytes = 64 * 1024, SetResponseBytes = 256 * 1024, InlineLiteralBytes = 8 * 1024, BodyBytes = 1024 * 1024, UntaggedResponses = 1000 };

    [Fact]
    public async Task Session_is_the_same_however_it_is_cut()
    {
        var whole = await PlayAsync(int.MaxValue);
        Assert.Contains("ImapExists { Count = 6 }", whole, StringComparison.Ordinal);
        Assert.Contains("gone 103", whole, StringComparison.Ordinal);
        Assert.EndsWith("ServerEnded", whole.TrimEnd(), StringComparison.Ordinal);
        foreach (var size in new[] { 1, 2, 3, 7, 64, 1000 }) Assert.Equal(whole, await PlayAsync(size));
    }

    [Fact]
    public async Task Session_is_the_same_split_at_every_single_byte()
    {
        var recorded = RecordedSession.Bytes;
        var whole = await PlayAsync(int.MaxValue);
        for (var cut = 1; cut < recorded.Length; cut++)
        {
            var pieces = new Queue<int>([cut]);
            Assert.Equal(whole, await RecordedSession.PlayAsync(recorded, () => pieces.TryDequeue(out var first) ? first : int.MaxValue, Tight, default));
        }
    }

    [Fact]
    public async Task Session_cut_off_at_any_byte_ends_with_a_fault_and_nothing_else()
    {
        var recorded = RecordedSession.Bytes;
        // LOGOUT is content with any end.
        var beforeLogout = recorded.AsSpan().LastIndexOf("* BYE"u8);
        for (var length = 0; length < beforeLogout; length++)
            await Assert.ThrowsAsync<MailServerException>(() => RecordedSession.PlayAsync(recorded[..length], () => int.MaxValue, Tight, default));
    }

    [Fact]
    public async Task Mutated_sessions_end_with_a_mail_fault_or_well_in_bounded_memory_and_time()
    {
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("POSTMILL_FUZZ_ROUNDS"), out var asked) ? asked : 1000;
        var first = int.TryParse(Environment.GetEnvironmentVariable("POSTMILL_FUZZ_SEED"), out var given) ? given : 20260115;
        var faults = 0;
        for (var seed = first; seed < first + rounds; seed++)
        {
            try
            {
                var (faulted, allocated) = await RoundAsync(seed).WaitAsync(TimeSpan.FromSeconds(30));
                if (faulted) faults++;
                Assert.True(allocated < 32 * 1024 * 1024, $"{allocated} bytes allocated");
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed} (POSTMILL_FUZZ_SEED): {e.Message}", e);
            }
        }
        // Mutations that never hurt would test nothing.
        Assert.True(faults > rounds / 4, $"only {faults} of {rounds} mutations were noticed");
    }

    private static Task<(bool Faulted, long Allocated)> RoundAsync(int seed) => Task.Run(async () =>
    {
        var random = new Random(seed);
        var mutated = Mutation.Of(RecordedSession.Bytes, random);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var faulted = false;
        try
        {
            // The replay never waits, so the whole session runs on this thread; an IDLE that is not ended by the bytes ends at their end.
            await RecordedSession.PlayAsync(mutated, () => random.Next(1, 4000), Tight, default);
        }
        catch (MailServerException)
        {
            faulted = true;
        }
        return (faulted, GC.GetAllocatedBytesForCurrentThread() - before);
    });

    private static Task<string> PlayAsync(int pieceSize) => RecordedSession.PlayAsync(RecordedSession.Bytes, () => pieceSize, Tight, default);
}
