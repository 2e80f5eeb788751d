namespace Engine.Tests.Grains;

/// <summary>May not travel: it has no serializer.</summary>
public sealed class Bare
{
    public string Text { get; set; } = "";
}
