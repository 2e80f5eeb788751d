namespace Postmill.Host.Settings;

/// <summary>Settings that stop the start, each with its name and the allowed values.</summary>
internal sealed class SettingsException(IReadOnlyList<string> problems) : Exception(string.Join("; ", problems));
