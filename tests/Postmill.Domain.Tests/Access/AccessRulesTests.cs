using System.Security.Cryptography;
using Postmill.Domain.Access;

namespace Postmill.Domain.Tests.Access;

public sealed class AccessRulesTests
{
    [Fact]
    public void Roles_are_ordered_view_edit_send_admin_and_keep_their_names()
    {
        Assert.True(Role.View < Role.Edit && Role.Edit < Role.Send && Role.Send < Role.Admin);
        Assert.All(Enum.GetValues<Role>(), r => Assert.Equal(r, RoleNames.Parse(r.ToName())));
        Assert.Throws<ArgumentOutOfRangeException>(() => RoleNames.Parse("root"));
    }

    [Theory]
    [InlineData(Role.View, "read")]
    [InlineData(Role.Edit, "read,contacts")]
    [InlineData(Role.Send, "read,contacts,send,campaigns")]
    [InlineData(Role.Admin, "read,contacts,send,campaigns")]
    public void A_key_never_has_more_than_its_owners_role(Role role, string scopes) =>
        Assert.Equal(scopes.Split(','), ApiKeyScopes.Within(role, ApiKeyScopes.All));

    [Fact]
    public void Keys_are_msk_and_64_hex_digits_and_each_is_another()
    {
        using var random = RandomNumberGenerator.Create();
        var keys = Enumerable.Range(0, 100).Select(_ => SecretToken.NewApiKey(random)).ToList();
        Assert.All(keys, k => Assert.Matches("^msk_[0-9a-f]{64}$", k));
        Assert.All(keys, k => Assert.True(SecretToken.LooksLikeApiKey(k)));
        Assert.Equal(100, keys.Distinct().Count());
        Assert.Equal(12, SecretToken.Prefix(keys[0]).Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("msk_")]
    [InlineData("sk_0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("msk_000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("msk_000000000000000000000000000000000000000000000000000000000000000\0")]
    public void What_is_no_key_is_not_even_looked_up(string presented) => Assert.False(SecretToken.LooksLikeApiKey(presented));

    [Theory]
    [InlineData("a@b", true)]
    [InlineData("Grüße@exämple.org", true)]
    [InlineData("a", false)]
    [InlineData("@b", false)]
    [InlineData("a@", false)]
    [InlineData("a@b@c", false)]
    [InlineData("a b@c", false)]
    [InlineData("a@c\r\nBcc: d@e", false)]
    [InlineData("<a@b>", false)]
    public void Addresses_cannot_break_a_line_or_a_header(string address, bool good) => Assert.Equal(good, EmailKey.IsAddress(address));
}
