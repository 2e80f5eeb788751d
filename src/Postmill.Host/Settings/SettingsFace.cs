using Microsoft.Extensions.Configuration.Json;

namespace Postmill.Host.Settings;

/// <summary>Every feature asks for its own section; <see cref="CheckSettings"/> then stops the start if anything was wrong.</summary>
internal static class SettingsFace
{
    public static void AddPostmillSettings(this WebApplicationBuilder builder)
    {
        var properties = ((IHostApplicationBuilder)builder).Properties;
        properties[typeof(SettingsCatalog)] = new SettingsCatalog(builder.Configuration);
        // The content root is where the binary lies; an appsettings.json of the directory it is started in comes after that one.
        var sources = ((IConfigurationBuilder)builder.Configuration).Sources;
        var last = sources.ToList().FindLastIndex(s => s is JsonConfigurationSource);
        var here = new JsonConfigurationSource { Path = Path.GetFullPath("appsettings.json"), Optional = true };
        here.ResolveFileProvider();
        sources.Insert(last + 1, here);
    }

    /// <summary>The section <c>Postmill:{section}</c>, bound, documented in <c>--help</c> and registered as a singleton.</summary>
    public static T AddSettings<T>(this WebApplicationBuilder builder, string section) where T : class, new()
    {
        var options = builder.Catalog().Bind<T>(section);
        builder.Services.AddSingleton(options);
        return options;
    }

    /// <summary>For what attributes cannot say about a value.</summary>
    public static void RefuseSetting(this WebApplicationBuilder builder, string section, string name, string given, string allowed) =>
        builder.Catalog().Refuse($"{SettingsCatalog.Root}:{section}:{name}", given, allowed);

    /// <summary>For what concerns several settings: one line with their names and what is allowed; null is no problem.</summary>
    public static void RefuseSettings(this WebApplicationBuilder builder, string? problem)
    {
        if (problem is not null) builder.Catalog().Refuse(problem);
    }

    /// <exception cref="SettingsException">At least one setting is wrong.</exception>
    public static void CheckSettings(this WebApplicationBuilder builder) => builder.Catalog().Check();

    public static SettingsCatalog Catalog(this WebApplicationBuilder builder) =>
        (SettingsCatalog)((IHostApplicationBuilder)builder).Properties[typeof(SettingsCatalog)];
}
