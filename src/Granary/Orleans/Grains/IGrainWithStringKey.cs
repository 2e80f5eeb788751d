namespace Orleans;

/// <summary>Marks grain interfaces whose key is a string.</summary>
public interface IGrainWithStringKey : IGrain;
