namespace Orleans;

/// <summary>The grain factory of code outside grains. Its calls are refused once the silo drains.</summary>
public interface IClusterClient : IGrainFactory
{
    /// <summary>The services of the host.</summary>
    IServiceProvider ServiceProvider { get; }
}
