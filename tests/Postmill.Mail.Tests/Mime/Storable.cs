namespace Postmill.Mail.Tests.Mime;

/// <summary>What PostgreSQL takes as text.</summary>
internal static class Storable
{
    public static void Assert(string? text)
    {
        if (text is null)
            return;
        Xunit.Assert.DoesNotContain('\0', text);
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            Xunit.Assert.True(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]), $"lone surrogate at {i}");
            i++;
        }
    }
}
