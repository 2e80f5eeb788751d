using System.Text.Json;

namespace Postmill.Host.Http;

/// <summary>What is wrong with a request, by the name of the field as the client wrote it.</summary>
internal sealed class FieldErrors
{
    private readonly Dictionary<string, List<string>> _fields = new(StringComparer.Ordinal);
    private readonly List<string> _form = [];

    public bool Any => _fields.Count + _form.Count > 0;

    public FieldErrors Add(string field, string problem)
    {
        if (!_fields.TryGetValue(field, out var problems)) _fields[field] = problems = [];
        problems.Add(problem);
        return this;
    }

    public FieldErrors AddForm(string problem)
    {
        _form.Add(problem);
        return this;
    }

    public FieldErrors Check(bool good, string field, string problem) => good ? this : Add(field, problem);

    /// <summary>Present, not blank and at most <paramref name="max"/> characters.</summary>
    public FieldErrors Required(string field, string? value, int max) =>
        string.IsNullOrWhiteSpace(value) ? Add(field, "is required") : Optional(field, value, max);

    /// <summary>At most <paramref name="max"/> characters if present.</summary>
    public FieldErrors Optional(string field, string? value, int max) =>
        Check(value is null || value.Length <= max, field, $"must have at most {max} characters");

    /// <summary>Present and within the bounds.</summary>
    public FieldErrors Required(string field, long? value, long min, long max) =>
        value is null ? Add(field, "is required") : Check(value >= min && value <= max, field, $"must be between {min} and {max}");

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("fieldErrors");
        foreach (var (field, problems) in _fields) WriteList(json, field, problems);
        json.WriteEndObject();
        WriteList(json, "formErrors", _form);
        json.WriteEndObject();
    }

    /// <summary>One line for a person: the first problem.</summary>
    public override string ToString() =>
        _fields.Select(f => $"{f.Key} {f.Value[0]}").Concat(_form).FirstOrDefault() ?? "the request is not valid";

    private static void WriteList(Utf8JsonWriter json, string name, List<string> lines)
    {
        json.WriteStartArray(name);
        foreach (var line in lines) json.WriteStringValue(line);
        json.WriteEndArray();
    }
}
