namespace Postmill.Domain.Acts;

/// <summary>Where the store says that the server shows a mail.</summary>
public sealed record MessagePlace(long FolderId, string WireName, string? SpecialUse, long UidValidity, uint Uid, IReadOnlyList<string> Flags)
{
    /// <summary>Waits for somebody's expunge: as good as gone.</summary>
    public bool IsMarkedDeleted => Flags.Contains("\\Deleted", StringComparer.OrdinalIgnoreCase);
}
