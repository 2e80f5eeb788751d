using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Postmill.Host.Settings;
using Postmill.Host.Start;

namespace Postmill.Host.Tests.Settings;

public sealed class SettingsTests
{
    [Fact]
    public void Defaults_hold_until_something_is_given()
    {
        Assert.Equal(new Sample(), Bind());
        Assert.Equal(
            new Sample { Count = 7, On = true, Mode = Mode.Fast, Pause = TimeSpan.FromSeconds(90), Text = "x" },
            Bind(("Count", "7"), ("On", "TRUE"), ("Mode", "fast"), ("Pause", "00:01:30"), ("Text", "x")));
    }

    [Theory]
    [InlineData("Count", "0", "a number between 1 and 10")]
    [InlineData("Count", "11", "a number between 1 and 10")]
    [InlineData("Count", "many", "a number between 1 and 10")]
    [InlineData("Count", "99999999999", "a number between 1 and 10")]
    [InlineData("On", "yes", "true, false")]
    [InlineData("Mode", "warp", "slow, fast")]
    [InlineData("Mode", "1", "slow, fast")]
    [InlineData("Pause", "5 minutes", "a time as hh:mm:ss")]
    [InlineData("Pause", "-00:00:01", "a time as hh:mm:ss")]
    [InlineData("Text", "z", "x, y")]
    public void A_wrong_value_is_named_with_what_is_allowed(string name, string value, string allowed)
    {
        var e = Assert.Throws<SettingsException>(() => Bind((name, value)));
        Assert.Equal($"setting Postmill:Sample:{name} is '{value}'; allowed: {allowed}", e.Message);
    }

    [Theory]
    [InlineData("Sample:Cuont", "1")]
    [InlineData("Smaple:Count", "1")]
    [InlineData("Count", "1")]
    public void A_name_that_nobody_knows_stops_the_start(string name, string value)
    {
        var catalog = new SettingsCatalog(new ConfigurationBuilder().AddInMemoryCollection([new($"Postmill:{name}", value)]).Build());
        catalog.Bind<Sample>("Sample");
        Assert.Contains($"Postmill:{name} is not known", Assert.Throws<SettingsException>(catalog.Check).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_lists_every_setting_with_default_and_allowed_values()
    {
        var help = Help.Text(Program.Compose([]).Catalog().Settings);
        Assert.Contains("Usage: postmill", help, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings:Postgres", help, StringComparison.Ordinal);
        Assert.Contains("Postmill:Http:MaxBodyBytes", help, StringComparison.Ordinal);
        Assert.Contains("Default: 1048576. Allowed: a number between 1024 and 104857600.", help, StringComparison.Ordinal);
        Assert.Contains("Default: all. Allowed: all, front, worker.", help, StringComparison.Ordinal);
        Assert.Contains("Default: false. Allowed: true, false.", help, StringComparison.Ordinal);
    }

    private static Sample Bind(params (string Name, string Value)[] given)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(given.Select(g => new KeyValuePair<string, string?>($"Postmill:Sample:{g.Name}", g.Value))).Build();
        var catalog = new SettingsCatalog(configuration);
        var sample = catalog.Bind<Sample>("Sample");
        catalog.Check();
        return sample;
    }

    private enum Mode
    {
        Slow,
        Fast,
    }

    private sealed record Sample
    {
        [Description("A number.")]
        [Range(1, 10)]
        public int Count { get; init; } = 3;

        [Description("A flag.")]
        public bool On { get; init; }

        [Description("A choice.")]
        public Mode Mode { get; init; }

        [Description("A time.")]
        public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(1);

        [Description("A word.")]
        [AllowedValues("x", "y")]
        public string Text { get; init; } = "y";
    }
}
