namespace Postmill.Mail.Reports;

/// <summary>The fields of one recipient in a status part (RFC 3464 section 2.3); the first value of a name counts.</summary>
internal sealed class StatusGroup
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    public string? this[string name] => _fields.GetValueOrDefault(name);

    public bool IsEmpty => _fields.Count == 0;

    public bool Has(string name) => _fields.ContainsKey(name);

    public void Add(string name, string value) => _fields.TryAdd(name, value);
}
