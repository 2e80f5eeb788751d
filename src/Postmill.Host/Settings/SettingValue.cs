using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Postmill.Host.Settings;

/// <summary>Text to the value of one option, within its [Range] or [AllowedValues].</summary>
internal static class SettingValue
{
    /// <summary>As it is written in a setting.</summary>
    public static string Text(object? value) =>
        value is Enum or bool ? value.ToString()!.ToLowerInvariant() : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    public static string Allowed(PropertyInfo property)
    {
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            return string.Create(CultureInfo.InvariantCulture, $"a number between {range.Minimum} and {range.Maximum}");
        if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } listed) return string.Join(", ", listed.Values);
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsEnum) return string.Join(", ", Enum.GetNames(type).Select(n => n.ToLowerInvariant()));
        if (type == typeof(bool)) return "true, false";
        if (type == typeof(TimeSpan)) return "a time as hh:mm:ss";
        return type == typeof(string) ? "text" : "a number";
    }

    public static bool TryParse(PropertyInfo property, string text, out object? value)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        value = ParseAs(type, text);
        if (value is null) return false;
        if (property.GetCustomAttribute<RangeAttribute>() is { } range && !range.IsValid(value)) return false;
        return property.GetCustomAttribute<AllowedValuesAttribute>() is not { } listed || listed.IsValid(value);
    }

    private static object? ParseAs(Type type, string text)
    {
        if (type == typeof(string)) return text;
        if (type == typeof(bool)) return bool.TryParse(text, out var flag) ? flag : null;
        if (type == typeof(int)) return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (type == typeof(long)) return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (type == typeof(double)) return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (type == typeof(TimeSpan)) return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time) && time >= TimeSpan.Zero ? time : null;
        if (type.IsEnum) return char.IsLetter(text.FirstOrDefault()) && Enum.TryParse(type, text, ignoreCase: true, out var name) ? name : null;
        throw new NotSupportedException($"settings of type {type.Name}");
    }
}
