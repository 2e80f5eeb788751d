using System.Reflection;

namespace Tidy.Tests;

/// <summary>
/// What crosses silos or is stored by name: checked in as <c>src/Postmill.Domain/contracts.txt</c>, one line a name. A line that leaves becomes
/// <c>retired …</c> and its name or number is never used again.
/// </summary>
public sealed class ContractTests
{
    private const string Listing = "src/Postmill.Domain/contracts.txt";
    private const string Update = "POSTMILL_UPDATE_CONTRACTS";
    private static readonly Assembly Domain = typeof(Postmill.Domain.Accounts.IAccountGrain).Assembly;

    [Fact]
    public void The_listing_is_what_the_code_says()
    {
        var now = DomainContracts.Of(Domain);
        var path = Path.Combine(Repository.Root, Listing);
        var listed = File.Exists(path) ? ContractListing.Parse(Repository.Read(Listing)) : ContractListing.Empty;
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            listed = listed.MovedTo(now);
            File.WriteAllText(path, listed.ToString());
        }

        var differences = listed.DifferencesTo(now);
        Assert.True(differences.Count == 0, $"""
            {Listing} and the code differ:
            {string.Join('\n', differences)}
            Other silos, stored rows and clients know the old lines. If the change is meant and safe for them, write the listing anew
            with {Update}=1 dotnet test tests/Tidy.Tests --filter {nameof(The_listing_is_what_the_code_says)}
            """);
    }

    [Fact]
    public void What_is_retired_is_not_used_again()
    {
        var listed = ContractListing.Parse(Repository.Read(Listing));
        Assert.Empty(listed.Retired.Intersect(DomainContracts.Of(Domain).Keys));
    }

    [Fact]
    public void A_line_that_leaves_is_retired_and_one_that_changes_is_told()
    {
        var listed = ContractListing.Parse("type a = A\ntype a 0 = X : Int32\nretired type a 1\n");
        var now = new Dictionary<string, string> { ["type a"] = "A", ["type a 2"] = "Y : Int32" };
        Assert.Equal(["- type a 0 = X : Int32", "+ type a 2 = Y : Int32"], listed.DifferencesTo(now));
        Assert.Equal(["type a 0", "type a 1"], listed.MovedTo(now).Retired);
        Assert.Empty(listed.MovedTo(now).DifferencesTo(now));
        now["type a 2"] = "Y : String";
        Assert.Equal(["- type a 2 = Y : Int32", "+ type a 2 = Y : String"], ContractListing.Parse("type a = A\ntype a 2 = Y : Int32\n").DifferencesTo(now));
    }

    [Fact]
    public void Every_grain_interface_and_each_of_its_methods_has_a_name_of_its_own()
    {
        var grains = DomainContracts.GrainInterfaces(Domain).ToList();
        Assert.NotEmpty(grains);
        Assert.All(grains, g => Assert.True(DomainContracts.AliasOf(g) is not null, $"{g.FullName} has no [Alias]"));
        Assert.All(grains.SelectMany(g => g.GetMethods()), m => Assert.True(DomainContracts.AliasOf(m) is not null, $"{m.DeclaringType!.Name}.{m.Name} has no [Alias]"));
        Assert.Distinct(grains.Select(DomainContracts.AliasOf));
        Assert.All(grains, g => Assert.Distinct(g.GetMethods().Select(DomainContracts.AliasOf)));
    }

    [Fact]
    public void Every_serializable_type_has_a_name_and_every_field_a_number()
    {
        var types = DomainContracts.SerializableTypes(Domain).ToList();
        Assert.NotEmpty(types);
        Assert.All(types, t => Assert.True(DomainContracts.AliasOf(t) is not null, $"{t.FullName} has no [Alias]"));
        Assert.Distinct(types.Select(DomainContracts.AliasOf));
        foreach (var type in types.Where(t => !t.IsEnum))
        {
            var fields = DomainContracts.Fields(type).ToList();
            Assert.All(fields, f => Assert.True(DomainContracts.IdOf(f) is not null, $"{type.Name}.{f.Name} has no [Id]"));
            Assert.Distinct(fields.Select(f => DomainContracts.IdOf(f)));
        }
    }
}
