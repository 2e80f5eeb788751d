using Orleans;
using Orleans.Serialization;

namespace Engine.Tests;

public sealed class IsolationTests : OnSilos
{
    private IKeeper Keeper => Silos.Grains.GetGrain<IKeeper>(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));

    [Fact]
    public async Task What_a_caller_does_to_its_argument_does_not_reach_the_grain()
    {
        var note = new Note { Text = "before", Lines = ["one"] };
        await Keeper.Keep(note);
        note.Text = "after";
        note.Lines.Add("two");
        var kept = await Keeper.Kept();
        Assert.Equal(("before", 1), (kept.Text, kept.Lines.Count));
    }

    [Fact]
    public async Task What_a_caller_does_to_a_result_does_not_reach_the_grain()
    {
        var kept = await Keeper.Kept();
        kept.Lines.Add("mine");
        Assert.Empty((await Keeper.Kept()).Lines);
    }

    [Fact]
    public async Task What_is_immutable_is_handed_over_as_it_is()
    {
        var shared = new Shared { Values = [1] };
        Assert.True(await Keeper.IsSame(shared, shared));
    }

    [Fact]
    public async Task A_type_without_a_serializer_fails_the_call_and_is_named()
    {
        var fault = await Assert.ThrowsAsync<CodecNotFoundException>(() => Keeper.KeepBare(new Bare()));
        Assert.Contains(typeof(Bare).FullName!, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Collections_are_copied_with_what_they_hold()
    {
        var notes = new List<Note> { new() };
        var answer = await Keeper.Many(notes, new Dictionary<string, Note?> { ["a"] = null, ["b"] = notes[0] }, [1, 2, 3]);
        Assert.Equal("2 3", answer[0].Text);
        Assert.Equal("", notes[0].Text);
    }

    [Fact]
    public async Task A_grain_that_answers_itself_answers_a_reference()
    {
        var self = await Keeper.Self();
        Assert.Equal(Keeper.GetGrainId(), self.GetGrainId());
        Assert.Equal(Keeper, self);
        Assert.Equal(Keeper.GetPrimaryKey(), self.GetPrimaryKey());
    }
}
