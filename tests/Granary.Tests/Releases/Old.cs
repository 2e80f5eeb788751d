using Orleans;

namespace Granary.Tests.Releases;

/// <summary>The older release.</summary>
[Alias("test.ledger")]
public interface IOldLedger : IGrainWithStringKey
{
    [Alias("Post")]
    Task<OldEntry> Post(OldEntry entry);

    [Alias("Paint")]
    Task<OldColour> Paint(OldColour colour);

    [Alias("Add")]
    Task<int> Add(int amount, CancellationToken token);

    [Alias("Read")]
    IAsyncEnumerable<OldEntry> Read(int count);

    [Alias("Kinds")]
    Task<OldKind?> Kinds(bool other);

    [Alias("Stamp")]
    Task<OldMark> Stamp(OldMark mark);
}

[GenerateSerializer]
public sealed class OldEntry
{
    [Id(0)]
    public string Text { get; set; } = "";

    [Id(1)]
    public int Amount { get; set; }
}

public enum OldColour
{
    Red = 0,
    Green = 1,
}

[GenerateSerializer]
public sealed record OldMark(string Name);

[GenerateSerializer]
public abstract class OldKind;

/// <summary>Generic so that a scan of this assembly passes it by: the two releases use the same names.</summary>
public static class Old<T>
{
    [GrainType("ledger")]
    public sealed class LedgerGrain : Grain, IOldLedger
    {
        public Task<OldEntry> Post(OldEntry entry) => Task.FromResult(new OldEntry { Text = $"old {entry.Text}", Amount = entry.Amount + 1 });

        public Task<OldColour> Paint(OldColour colour) => Task.FromResult(colour);

        public Task<int> Add(int amount, CancellationToken token) => Task.FromResult(amount);

        public async IAsyncEnumerable<OldEntry> Read(int count)
        {
            await Task.Yield();
            for (var i = 0; i < count; i++) yield return new OldEntry { Text = $"old {i}", Amount = i };
        }

        public Task<OldKind?> Kinds(bool other) => Task.FromResult<OldKind?>(new Plain());

        public Task<OldMark> Stamp(OldMark mark) => Task.FromResult(mark with { Name = $"old {mark.Name}" });
    }

    [GenerateSerializer, Alias("test.kind.plain")]
    public sealed class Plain : OldKind;
}
