using System.Text.Json.Serialization;
using Postmill.Domain.Messages;
using Postmill.Host.Http;
using Postmill.Mail.Mime.Writing;

namespace Postmill.Host.Sending;

/// <summary>Addresses of one field: a list of <c>{"email","name"}</c> or of plain addresses, or one of them alone.</summary>
[JsonConverter(typeof(AddressListConverter))]
internal sealed record AddressList(IReadOnlyList<MailAddressValue> Addresses)
{
    public static readonly AddressList Empty = new([]);

    public int Count => Addresses.Count;

    public static void Check(FieldErrors errors, string field, AddressList? list, int max)
    {
        if (list is null) return;
        errors.Check(list.Count <= max, field, $"must have at most {max} addresses");
        if (list.Addresses.Any(address => !IsWhole(address)))
            errors.Add(field, "must be whole addresses: {\"email\",\"name\"}, or the address alone; a name is one line");
    }

    private static bool IsWhole(MailAddressValue address) =>
        AddrSpec.TryParse(address.Email, out _) && address.Name is not { Length: > SendingLimits.NameChars } && address.Name?.Any(char.IsControl) is not true;
}
