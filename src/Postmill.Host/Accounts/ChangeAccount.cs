using System.Text.Json.Serialization;
using Postmill.Host.Http;

namespace Postmill.Host.Accounts;

/// <summary>Body of <c>PATCH /api/accounts/{id}</c>; what is left out or null stays as it is. An empty name takes it away; limits of sending are replaced as a whole.</summary>
internal sealed record ChangeAccount(
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("is_default")] bool? IsDefault,
    [property: JsonPropertyName("sending_limits")] SendingLimitsJson? SendingLimits) : IChecked
{
    public void Check(FieldErrors errors)
    {
        ConnectAccount.CheckName(errors, Name);
        errors.Check(IsDefault is not false, "is_default", "can only be true: make another account the default one instead");
        SendingLimits?.Check(errors);
        if (Name is null && IsDefault is null && SendingLimits is null) errors.AddForm("give name, is_default or sending_limits");
    }
}
