namespace Postmill.Mail.Tests.Mime;

/// <summary>A fact over the public mail collections named by POSTMILL_CORPORA; says "skipped" where they are not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CorporaFactAttribute : FactAttribute
{
    public CorporaFactAttribute()
    {
        if (Root is null)
            Skip = "POSTMILL_CORPORA does not name a folder";
    }

    internal static string? Root =>
        Environment.GetEnvironmentVariable("POSTMILL_CORPORA") is { Length: > 0 } folder && Directory.Exists(folder) ? folder : null;

    internal static string Folder(string path) => Path.Combine(Root!, path);
}
