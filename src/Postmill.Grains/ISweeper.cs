using Microsoft.Extensions.Hosting;

namespace Postmill.Grains;

/// <summary>
/// Looks for work that nobody asked for. A silo that drains stops its sweepers before anything else ends, so that it takes up nothing new; a silo that runs
/// no grains has none.
/// </summary>
public interface ISweeper : IHostedService;
