namespace Postmill.Grains;

/// <summary>A grain's call failed in the database. It stands for the driver's own exception, which no other silo could read.</summary>
/// <param name="message">The driver's words.</param>
/// <param name="isAway">The database could not be reached, or was shutting down: the same call may succeed later.</param>
[GenerateSerializer, Alias("storage.fault")]
public sealed class StorageFaultException(string message, bool isAway) : Exception(message)
{
    [Id(0)]
    public bool IsAway { get; } = isAway;
}
