namespace Orleans;

/// <summary>Marks grain interfaces whose key is a <see cref="Guid"/>.</summary>
public interface IGrainWithGuidKey : IGrain;
