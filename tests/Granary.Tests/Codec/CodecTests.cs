using System.Collections.Immutable;
using Granary.Codec;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Granary.Tests.Codec;

public sealed class CodecTests : IAsyncDisposable
{
    private readonly Silo _silo = Silo.Start();

    private Codecs Codecs => (Codecs)_silo.Services.GetRequiredService<ICopierSource>();

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public void Every_kind_of_value_survives_the_wire_and_the_copier()
    {
        var value = Full();
        Assert.Equivalent(value, RoundTrip(value), strict: true);
        var copy = Codecs.Get<Everything>().Copy(value, 0);
        Assert.Equivalent(value, copy, strict: true);
        Assert.NotSame(value.Lines, copy.Lines);
        Assert.NotSame(value.Bytes, copy.Bytes);
        Assert.NotSame(value.Jagged![0], copy.Jagged![0]);
    }

    [Fact]
    public void Absent_values_stay_absent() => Assert.Equivalent(new Everything(), RoundTrip(new Everything()), strict: true);

    [Fact]
    public void Positional_records_and_their_body_members_are_numbered_apart()
    {
        var tree = new Tree("root", [new Tree("leaf", []) { Depth = 1 }]) { Depth = 5 };
        var read = RoundTrip(tree);
        Assert.Equal(("root", 5, "leaf", 1), (read.Name, read.Depth, read.Children[0].Name, read.Children[0].Depth));
    }

    [Fact]
    public void Levels_of_a_hierarchy_are_numbered_apart_and_the_value_keeps_its_type()
    {
        var read = Assert.IsType<Dog>(RoundTrip<Animal>(new Dog { Name = "Rex", Tricks = 3 }));
        Assert.Equal(("Rex", 3), (read.Name, read.Tricks));
        Assert.Equal(new Square("s", 2) { Filled = true }, RoundTrip<Shape>(new Square("s", 2) { Filled = true }));
        Assert.Equal(new Circle("c", 3), Codecs.Get<Shape>().Copy(new Circle("c", 3), 0));
    }

    [Fact]
    public void A_newer_reader_gives_defaults_and_an_older_one_skips_what_it_does_not_know()
    {
        var old = new MessageV1 { Name = "n", Gone = [1, 2], GoneToo = new Circle("c", 1), GoneThree = 5L, Last = 0.5 };
        var read = Read<MessageV2>(Write(old));
        Assert.Equal(("n", 7, 0.5), (read.Name, read.Added, read.Last));
        Assert.Equal(("m", 0.25), (Read<MessageV1>(Write(new MessageV2 { Name = "m", Added = 9, Last = 0.25 })) is var back ? (back.Name, back.Last) : default));
    }

    [Fact]
    public void A_bad_member_is_named_at_first_use_even_when_it_is_absent()
    {
        Assert.Contains(typeof(Bare).FullName!, Assert.Throws<CodecNotFoundException>(() => Codecs.Get<HasBare>()).Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Doubled), Assert.Throws<NotSupportedException>(() => Codecs.Get<Doubled>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_contains_itself_is_refused()
    {
        var loop = new Loop();
        loop.Next = loop;
        Assert.Throws<SerializerException>(() => Codecs.Get<Loop>().Copy(loop, 0));
        Assert.Throws<SerializerException>(() => Write(loop));
    }

    [Fact]
    public void A_set_and_a_dictionary_keep_their_comparer_when_they_are_copied()
    {
        var copy = Codecs.Get<Dictionary<string, int>>().Copy(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["A"] = 1 }, 0);
        Assert.Equal(1, copy["a"]);
        Assert.Contains("x", Codecs.Get<HashSet<string>>().Copy(new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "X" }, 0));
    }

    [Fact]
    public void A_sealed_record_of_immutable_values_is_its_own_copy()
    {
        var circle = new Circle("c", 1);
        Assert.Same(circle, Codecs.Get<Circle>().Copy(circle, 0));
    }

    [Fact]
    public void A_fault_keeps_its_type_message_and_stack_or_becomes_a_text()
    {
        var known = Assert.IsType<SiloUnavailableException>(RoundTrip<Exception>(Thrown(new SiloUnavailableException("gone", new TimeoutException("late")))));
        Assert.Equal(("gone", "late"), (known.Message, known.InnerException!.Message));
        Assert.Contains(nameof(Thrown), known.StackTrace, StringComparison.Ordinal);
        var unknown = Assert.IsType<OrleansException>(RoundTrip<Exception>(new UnknownWordException("what")));
        Assert.Contains($"{typeof(UnknownWordException).FullName}: what", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_cannot_name_a_type_that_is_not_known_here()
    {
        var writer = new CodecWriter();
        writer.Header(0, WireType.Typed);
        writer.Text(typeof(System.Diagnostics.Process).ToString());
        writer.End(writer.Begin(0));
        Assert.Throws<SerializerException>(() => Read<object>(writer.Written.ToArray()));
    }

    [Fact]
    public void Broken_bytes_end_in_a_serializer_exception_and_nothing_worse()
    {
        var good = Write(Full());
        var random = new Random(20260115);
        for (var round = 0; round < 5_000; round++)
        {
            var bad = good.AsSpan(0, random.Next(1, good.Length + 1)).ToArray();
            for (var flips = random.Next(4); flips >= 0; flips--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            try
            {
                Read<Everything>(bad);
            }
            catch (SerializerException)
            {
                continue;
            }
        }
    }

    private static Everything Full() => new()
    {
        Flag = true,
        Large = long.MinValue,
        Maybe = 5,
        Text = "grüße \0 𐀀",
        Id = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        At = new DateTimeOffset(2026, 1, 15, 10, 0, 0, 123, TimeSpan.FromHours(5.5)),
        Took = TimeSpan.FromTicks(-3),
        Price = 12.340m,
        Ratio = double.NaN,
        Colour = Colour.Blue,
        Bytes = [1, 2, 3],
        Memory = new byte[] { 4, 5 },
        Lines = ["a", null, ""],
        Points = new() { ["p"] = new Point(1, -2) },
        Numbers = [7, 8],
        Pair = (9, "nine"),
        Jagged = [[new Point(3, 4)], []],
        Words = ["x", "y"],
        Longs = new List<long> { 1, 2 },
        When = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        Entry = new("k", 1),
        Link = new Uri("https://example.org/a?b"),
        Small = 1.5f,
        Tree = new Tree("t", [new Tree("u", [])]),
        Shape = new Circle("c", 2),
        Any = "any",
        Negative = -300,
        Letter = 'ß',
        Day = new DateOnly(2026, 1, 15),
        Hour = new TimeOnly(10, 30),
        Names = new Dictionary<int, string> { [1] = "one" },
        Old = Tuple.Create(1, "one"),
    };

    private static Exception Thrown(Exception fault)
    {
        try
        {
            throw fault;
        }
        catch (SiloUnavailableException thrown)
        {
            return thrown;
        }
    }

    private T RoundTrip<T>(T value) => Read<T>(Write(value));

    private byte[] Write<T>(T value)
    {
        var writer = new CodecWriter();
        Codecs.Get<T>().Write(writer, 0, value);
        return writer.Written.ToArray();
    }

    private T Read<T>(byte[] bytes)
    {
        var reader = new CodecReader(bytes);
        return Codecs.Get<T>().Read(ref reader, reader.Header().Wire);
    }
}
