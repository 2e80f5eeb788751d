using System.ComponentModel;
using System.Reflection;

namespace Postmill.Host.Settings;

/// <summary>Binds the <c>Postmill</c> section to option classes, strictly: a value that does not fit and a name that nobody knows are problems.</summary>
internal sealed class SettingsCatalog(IConfiguration configuration)
{
    public const string Root = "Postmill";
    private readonly List<Setting> _settings = [];
    private readonly List<string> _problems = [];

    public IReadOnlyList<Setting> Settings => _settings;

    public T Bind<T>(string section) where T : class, new()
    {
        var options = new T();
        foreach (var property in typeof(T).GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.CanWrite))
        {
            var name = $"{Root}:{section}:{property.Name}";
            var allowed = SettingValue.Allowed(property);
            var standard = SettingValue.Text(property.GetValue(options));
            var described = property.GetCustomAttribute<DescriptionAttribute>()?.Description
                ?? throw new InvalidOperationException($"{typeof(T).Name}.{property.Name} has no [Description]");
            _settings.Add(new Setting(name, standard, allowed, described));
            if (configuration[name] is not { } given) continue;
            if (SettingValue.TryParse(property, given, out var value)) property.SetValue(options, value);
            else Refuse(name, given, allowed);
        }
        return options;
    }

    public void Refuse(string name, string given, string allowed) => _problems.Add($"setting {name} is '{given}'; allowed: {allowed}");

    public void Refuse(string problem) => _problems.Add(problem);

    /// <exception cref="SettingsException">At least one setting is wrong.</exception>
    public void Check()
    {
        var known = _settings.Select(s => s.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var section in configuration.GetSection(Root).GetChildren())
        {
            if (section.Value is not null) Unknown(section.Path);
            foreach (var setting in section.GetChildren().Where(s => !known.Contains(s.Path))) Unknown(setting.Path);
        }
        if (_problems.Count > 0) throw new SettingsException(_problems);
    }

    private void Unknown(string name) => _problems.Add($"setting {name} is not known; postmill --help lists the settings");
}
