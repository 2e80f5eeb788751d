namespace Chaos.Tests;

/// <summary>Each of these tests takes the machine for itself: one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class WholeMachine
{
    public const string Name = "the whole machine";
}
