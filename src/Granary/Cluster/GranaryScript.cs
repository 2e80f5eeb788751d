namespace Granary.Cluster;

/// <summary>A piece of DDL.</summary>
/// <param name="Name">Its name, fixed for life.</param>
/// <param name="Sql">Its statements.</param>
public sealed record GranaryScript(string Name, string Sql);
