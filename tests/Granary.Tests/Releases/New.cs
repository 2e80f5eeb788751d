using Orleans;

namespace Granary.Tests.Releases;

/// <summary>The newer release: everything of the older one, and something more everywhere.</summary>
[Alias("test.ledger")]
public interface INewLedger : IGrainWithStringKey
{
    [Alias("Post")]
    Task<NewEntry> Post(NewEntry entry);

    [Alias("Paint")]
    Task<NewColour> Paint(NewColour colour);

    [Alias("Add")]
    Task<int> Add(int amount, CancellationToken token, int? more = null, string? reason = null);

    [Alias("Read")]
    IAsyncEnumerable<NewEntry> Read(int count);

    [Alias("Kinds")]
    Task<NewKind?> Kinds(bool other);

    [Alias("Stamp")]
    Task<NewMark> Stamp(NewMark mark);

    [Alias("Close")]
    Task Close();
}

[Alias("test.ledger.audit")]
public interface INewAudit : IGrainWithStringKey
{
    [Alias("Audit")]
    Task<int> Audit();
}

[Alias("test.archive")]
public interface INewArchive : IGrainWithStringKey
{
    [Alias("Store")]
    Task Store();
}

[GenerateSerializer]
public sealed class NewEntry
{
    [Id(0)]
    public string Text { get; set; } = "";

    [Id(1)]
    public int Amount { get; set; }

    [Id(2)]
    public NewEntry? Before { get; set; }

    [Id(3)]
    public List<string> Tags { get; set; } = ["untagged"];

    [Id(4)]
    public int Weight { get; set; }

    [Id(5)]
    public NewColour? Colour { get; set; }
}

public enum NewColour
{
    Red = 0,
    Green = 1,
    Blue = 2,
}

[GenerateSerializer]
public sealed record NewMark(string Name, int Weight = 3, string? Note = "note");

[GenerateSerializer]
public abstract class NewKind;

/// <inheritdoc cref="Old{T}"/>
public static class New<T>
{
    [GrainType("ledger")]
    public sealed class LedgerGrain : Grain, INewLedger, INewAudit
    {
        public Task<NewEntry> Post(NewEntry entry) => Task.FromResult(new NewEntry
        {
            Text = $"new {entry.Text} {string.Join(' ', entry.Tags)} {entry.Weight} {entry.Colour?.ToString() ?? "none"}",
            Amount = entry.Amount + 1,
            Before = entry,
            Tags = ["a", "b"],
            Weight = 7,
            Colour = NewColour.Blue,
        });

        public Task<NewColour> Paint(NewColour colour) => Task.FromResult(NewColour.Blue);

        public Task<int> Add(int amount, CancellationToken token, int? more = null, string? reason = null) => Task.FromResult(amount + (more ?? 0) + (reason?.Length ?? 0));

        public async IAsyncEnumerable<NewEntry> Read(int count)
        {
            await Task.Yield();
            for (var i = 0; i < count; i++) yield return new NewEntry { Text = $"new {i}", Amount = i, Weight = i };
        }

        public Task<NewKind?> Kinds(bool other) => Task.FromResult<NewKind?>(other ? new Other() : new Plain());

        public Task<NewMark> Stamp(NewMark mark) => Task.FromResult(mark with { Name = $"new {mark.Name} {mark.Weight} {mark.Note ?? "none"}" });

        public Task Close() => Task.CompletedTask;

        public Task<int> Audit() => Task.FromResult(1);
    }

    [GrainType("archive")]
    public sealed class ArchiveGrain : Grain, INewArchive
    {
        public Task Store() => Task.CompletedTask;
    }

    [GenerateSerializer, Alias("test.kind.plain")]
    public sealed class Plain : NewKind;

    [GenerateSerializer, Alias("test.kind.other")]
    public sealed class Other : NewKind;
}
