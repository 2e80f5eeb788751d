using System.Globalization;

namespace Orleans;

/// <summary>The idle age at which activations of this class are collected, instead of <see cref="Configuration.GrainCollectionOptions.CollectionAge"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CollectionAgeLimitAttribute : Attribute
{
    private readonly TimeSpan? _period;

    /// <summary>Takes the age from the properties.</summary>
    public CollectionAgeLimitAttribute() { }

    /// <summary>Takes the age as text.</summary>
    /// <param name="inactivityPeriod"><c>hh:mm:ss</c>.</param>
    public CollectionAgeLimitAttribute(string inactivityPeriod)
    {
        _period = TimeSpan.Parse(inactivityPeriod, CultureInfo.InvariantCulture);
    }

    /// <summary>Days of the age.</summary>
    public double Days { get; set; }

    /// <summary>Hours of the age.</summary>
    public double Hours { get; set; }

    /// <summary>Minutes of the age.</summary>
    public double Minutes { get; set; }

    /// <summary>Never collected.</summary>
    public bool AlwaysActive { get; set; }

    /// <summary>The age.</summary>
    public TimeSpan AgeLimit => AlwaysActive
        ? Timeout.InfiniteTimeSpan
        : _period ?? TimeSpan.FromDays(Days) + TimeSpan.FromHours(Hours) + TimeSpan.FromMinutes(Minutes);
}
