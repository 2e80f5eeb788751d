using System.Text.Json.Serialization;

namespace Postmill.Host.Http;

/// <summary><c>{"success":true}</c>, where there is nothing else to say.</summary>
internal sealed record DoneAnswer([property: JsonPropertyName("success")] bool Success)
{
    public static readonly DoneAnswer Instance = new(true);
}
