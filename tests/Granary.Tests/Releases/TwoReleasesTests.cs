using Granary.Tests.Transport;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Granary.Tests.Releases;

/// <summary>Two releases in one cluster: what one has added, the other does without.</summary>
public sealed class TwoReleasesTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly TestCluster _cluster = new();

    private IOldLedger FromOldToNew => _cluster["old"].Grains.GetGrain<IOldLedger>(_cluster.KeyOn("ledger", _cluster["new"]));

    private INewLedger FromNewToOld => _cluster["new"].Grains.GetGrain<INewLedger>(_cluster.KeyOn("ledger", _cluster["old"]));

    public async Task InitializeAsync()
    {
        await AddAsync("old", "1.0", Release.Old);
        await AddAsync("new", "2.0", Release.New);
        await _cluster["old"].LookAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_member_that_was_added_is_skipped_by_the_old_release()
    {
        var answer = await FromNewToOld.Post(new NewEntry { Text = "x", Amount = 41, Before = new NewEntry { Text = "y" }, Tags = ["t"], Weight = 5, Colour = NewColour.Blue });
        Assert.Equal(("old x", 42), (answer.Text, answer.Amount));
        Assert.Equal(["untagged"], answer.Tags);
        Assert.Equal((null, 0, null), (answer.Before, answer.Weight, answer.Colour));
    }

    [Fact]
    public async Task A_member_that_was_added_has_its_default_in_what_the_old_release_sends()
    {
        var answer = await FromOldToNew.Post(new OldEntry { Text = "x", Amount = 41 });
        Assert.Equal(("new x untagged 0 none", 42), (answer.Text, answer.Amount));
    }

    [Fact]
    public async Task A_parameter_that_was_added_to_a_record_is_the_default_of_its_type_and_not_what_the_record_writes()
    {
        Assert.Equal("new x 0 none", (await FromOldToNew.Stamp(new OldMark("x"))).Name);
        Assert.Equal(new NewMark("old x", 0, null), await FromNewToOld.Stamp(new NewMark("x", 9)));
    }

    [Fact]
    public async Task A_stream_of_values_with_added_members_is_read_by_the_old_release()
    {
        var items = new List<string>();
        await foreach (var entry in FromOldToNew.Read(250)) items.Add($"{entry.Text}={entry.Amount}");
        Assert.Equal(Enumerable.Range(0, 250).Select(i => $"new {i}={i}"), items);
        items.Clear();
        await foreach (var entry in FromNewToOld.Read(2)) items.Add($"{entry.Text}={entry.Weight}");
        Assert.Equal(["old 0=0", "old 1=0"], items);
    }

    [Fact]
    public async Task A_value_that_was_added_to_an_enumeration_arrives_as_its_number()
    {
        Assert.Equal((OldColour)2, await FromOldToNew.Paint(OldColour.Red));
        Assert.Equal(NewColour.Blue, await FromNewToOld.Paint(NewColour.Blue));
    }

    [Fact]
    public async Task A_parameter_that_was_added_at_the_end_is_skipped_by_the_old_release_and_the_default_of_its_type_to_the_new()
    {
        Assert.Equal(4, await FromNewToOld.Add(4, CancellationToken.None, 5, "reason"));
        Assert.Equal(4, await FromOldToNew.Add(4, CancellationToken.None));
    }

    [Fact]
    public async Task A_method_the_old_release_does_not_have_is_refused_with_its_name_and_version()
    {
        var fault = await Assert.ThrowsAsync<OrleansMessageRejectionException>(() => FromNewToOld.Close());
        Assert.Contains($"has had no effect; old at {_cluster["old"].Identity.Address}, version 1.0, could not read it", fault.Message, StringComparison.Ordinal);
        Assert.Contains("has no test.ledger.Close here", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interface_or_a_grain_type_the_old_release_does_not_have_is_refused_alike()
    {
        var key = _cluster.KeyOn("ledger", _cluster["old"]);
        var contract = await Assert.ThrowsAsync<OrleansMessageRejectionException>(() => _cluster["new"].Grains.GetGrain<INewAudit>(key).Audit());
        Assert.Contains($"has had no effect; old at {_cluster["old"].Identity.Address}, version 1.0, could not read it: ledger/{key} has no test.ledger.audit.Audit here", contract.Message, StringComparison.Ordinal);
        key = _cluster.KeyOn("archive", _cluster["old"]);
        var type = await Assert.ThrowsAsync<OrleansMessageRejectionException>(() => _cluster["new"].Grains.GetGrain<INewArchive>(key).Store());
        Assert.Contains($"has had no effect; old at {_cluster["old"].Identity.Address}, version 1.0, could not read it: this silo knows no grain type archive", type.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_of_value_the_old_release_does_not_know_is_a_fault_that_says_the_call_has_run()
    {
        Assert.IsType<Old<int>.Plain>(await FromOldToNew.Kinds(other: false));
        Assert.IsType<New<int>.Plain>(await FromNewToOld.Kinds(other: false));
        var fault = await Assert.ThrowsAsync<SerializerException>(() => FromOldToNew.Kinds(other: true));
        Assert.Contains($"has run on new at {_cluster["new"].Identity.Address}, version 2.0, but its answer cannot be read here", fault.Message, StringComparison.Ordinal);
        Assert.Contains("test.kind.other", fault.Message, StringComparison.Ordinal);
    }

    private Task<Member> AddAsync(string name, string version, Release release) => _cluster.AddAsync(name, null, services => services.Configure<GranaryOptions>(o =>
    {
        o.Version = version;
        o.GrainAssemblies.Clear();
        o.GrainAssemblies.Add(release);
    }));
}
