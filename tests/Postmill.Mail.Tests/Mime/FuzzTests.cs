using System.Globalization;
using Postmill.Mail.Mime;

namespace Postmill.Mail.Tests.Mime;

/// <summary>Hard cases 26–29 by the thousand: samples mutated under a seed. POSTMILL_FUZZ_ROUNDS sets how many; the seed is the round.</summary>
public sealed class FuzzTests
{
    private const int DefaultRounds = 10_000;

    [Fact]
    public void Mutated_mails_never_throw_and_stay_within_their_bounds()
    {
        var samples = Samples.All().Select(s => s.Octets).ToArray();
        var rounds = int.Parse(Environment.GetEnvironmentVariable("POSTMILL_FUZZ_ROUNDS") ?? DefaultRounds.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        for (var round = 0; round < rounds; round++)
        {
            var random = new Random(round);
            var mutated = Mutations.Of(samples[round % samples.Length], samples, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Invariants.Check(mutated);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"round {round}: {fault.Message}", fault);
            }
            // Everything read once, decoded several times over: some hundred octets per octet of mail is generous, a quadratic copy is far beyond.
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 4_000_000 + (mutated.Length * 400L), $"round {round}: {allocated} octets for a mail of {mutated.Length}");
        }
    }

    [Fact]
    public void Every_truncation_of_a_sample_is_a_mail()
    {
        foreach (var (_, octets) in Samples.All())
        {
            for (var length = 0; length < Math.Min(octets.Length, 1_500); length += 7)
                Invariants.Check(octets[..length]);
        }
    }
}
