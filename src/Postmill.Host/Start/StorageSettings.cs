using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Postmill.Host.Start;

/// <summary>Section <c>Postmill:Data</c>. The connection string is <c>ConnectionStrings:Postgres</c>.</summary>
internal sealed class StorageSettings
{
    [Description("Directory of the private PostgreSQL, used when ConnectionStrings:Postgres is not set.")]
    public string Directory { get; init; } = ".data";

    [Description("Seconds that the start waits for a database that does not answer yet.")]
    [Range(0, 3_600)]
    public int StartTimeoutSeconds { get; init; } = 60;
}
