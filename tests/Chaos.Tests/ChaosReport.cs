using System.Globalization;
using Xunit.Abstractions;

namespace Chaos.Tests;

/// <summary>What happened and how long it took: to the test's output and to <c>artifacts/tests/Chaos.Tests/report.txt</c>, which <c>tests/run.sh</c> prints.</summary>
internal sealed class ChaosReport
{
    private readonly ITestOutputHelper _output;
    private readonly string _path;
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly Lock _gate = new();

    /// <param name="file">Its name; one each test.</param>
    public ChaosReport(ITestOutputHelper output, string file = "report.txt")
    {
        _output = output;
        Directory = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "tests", "Chaos.Tests"));
        System.IO.Directory.CreateDirectory(Directory);
        _path = Path.Combine(Directory, file);
        File.Delete(_path);
    }

    /// <summary>Where the servers' logs go too.</summary>
    public string Directory { get; }

    public void Say(string line)
    {
        var at = TimeProvider.System.GetElapsedTime(_began).TotalSeconds.ToString("000.0", CultureInfo.InvariantCulture);
        lock (_gate)
        {
            _output.WriteLine($"{at} {line}");
            File.AppendAllText(_path, $"{at} {line}\n");
        }
    }
}
