using System.Globalization;

namespace Tidy.Tests;

public sealed class MigrationTests
{
    private const string Directory = "src/Postmill.Adapters/Postgres/Migrations";

    [Fact]
    public void Migrations_are_numbered_from_1_without_gaps()
    {
        var numbers = Repository.Files(Directory, "*.sql").Select(path => int.Parse(Path.GetFileName(path)[..4], CultureInfo.InvariantCulture)).Order().ToList();
        Assert.NotEmpty(numbers);
        Assert.Equal(Enumerable.Range(1, numbers.Count), numbers);
    }
}
