using System.Collections.Immutable;
using Orleans;

namespace Granary.Tests.Codec;

public enum Colour : byte
{
    Red = 1,
    Blue = 200,
}

[GenerateSerializer, Alias("sample.everything")]
public sealed class Everything
{
    [Id(0)] public bool Flag { get; set; }
    [Id(1)] public long Large { get; set; }
    [Id(2)] public int? Maybe { get; set; }
    [Id(3)] public string? Text { get; set; }
    [Id(4)] public Guid Id { get; set; }
    [Id(5)] public DateTimeOffset At { get; set; }
    [Id(6)] public TimeSpan Took { get; set; }
    [Id(7)] public decimal Price { get; set; }
    [Id(8)] public double Ratio { get; set; }
    [Id(9)] public Colour Colour { get; set; }
    [Id(10)] public byte[]? Bytes { get; set; }
    [Id(11)] public ReadOnlyMemory<byte> Memory { get; set; }
    [Id(12)] public List<string?>? Lines { get; set; }
    [Id(13)] public Dictionary<string, Point>? Points { get; set; }
    [Id(14)] public ImmutableArray<int> Numbers { get; set; } = [];
    [Id(15)] public (int, string) Pair { get; set; }
    [Id(16)] public Point[][]? Jagged { get; set; }
    [Id(17)] public HashSet<string>? Words { get; set; }
    [Id(18)] public IReadOnlyList<long>? Longs { get; set; }
    [Id(19)] public DateTime When { get; set; }
    [Id(20)] public KeyValuePair<string, int>? Entry { get; set; }
    [Id(21)] public Uri? Link { get; set; }
    [Id(22)] public float Small { get; set; }
    [Id(23)] public Tree? Tree { get; set; }
    [Id(24)] public Shape? Shape { get; set; }
    [Id(25)] public object? Any { get; set; }
    [Id(26)] public short Negative { get; set; }
    [Id(27)] public char Letter { get; set; }
    [Id(28)] public DateOnly Day { get; set; }
    [Id(29)] public TimeOnly Hour { get; set; }
    [Id(30)] public IReadOnlyDictionary<int, string>? Names { get; set; }
    [Id(31)] public Tuple<int, string>? Old { get; set; }
}

[GenerateSerializer]
public readonly record struct Point(int X, int Y);

[GenerateSerializer]
public sealed record Tree(string Name, ImmutableArray<Tree> Children)
{
    [Id(0)]
    public int Depth { get; init; }
}

[GenerateSerializer]
public abstract record Shape(string Label);

[GenerateSerializer, Alias("sample.circle")]
public sealed record Circle(string Label, double Radius) : Shape(Label);

[GenerateSerializer, Alias("sample.square")]
public sealed record Square(string Label, double Side) : Shape(Label)
{
    [Id(0)]
    public bool Filled { get; init; }
}

[GenerateSerializer]
public class Animal
{
    [Id(0)] public string Name { get; set; } = "";
}

[GenerateSerializer, Alias("sample.dog")]
public class Dog : Animal
{
    [Id(0)] public int Tricks { get; set; }
}

[GenerateSerializer]
public sealed class Loop
{
    [Id(0)] public Loop? Next { get; set; }
}

/// <summary>Two versions of one message.</summary>
[GenerateSerializer]
public sealed record MessageV1
{
    [Id(0)] public string Name { get; init; } = "";
    [Id(3)] public List<int> Gone { get; init; } = [];
    [Id(4)] public Circle? GoneToo { get; init; }
    [Id(5)] public object? GoneThree { get; init; }
    [Id(6)] public double Last { get; init; }
}

[GenerateSerializer]
public sealed record MessageV2
{
    [Id(0)] public string Name { get; init; } = "";
    [Id(1)] public int Added { get; init; } = 7;
    [Id(6)] public double Last { get; init; }
}

[GenerateSerializer]
public sealed class HasBare
{
    [Id(0)] public Bare? Bare { get; set; }
}

[GenerateSerializer]
public sealed class Doubled
{
    [Id(0)] public int One { get; set; }
    [Id(0)] public int Two { get; set; }
}
