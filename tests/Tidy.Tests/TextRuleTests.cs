using System.Text.RegularExpressions;

namespace Tidy.Tests;

/// <summary>House rules that the text of a source file shows. Tests of such rules name what they look for and are left out.</summary>
public sealed partial class TextRuleTests
{
    private const int MostLines = 400;

    [Fact]
    public void Nothing_reads_the_wall_clock() => AssertNowhere(WallClock(), "take a TimeProvider");

    [Fact]
    public void Nothing_sleeps() => AssertNowhere(Sleep(), "wait for what you wait for");

    [Fact]
    public void Nothing_blocks_on_a_task() => AssertNowhere(Blocking(), "await it");

    [Fact]
    public void No_catch_is_empty() => AssertNowhere(EmptyCatch(), "fold, log or rethrow");

    [Fact]
    public void Nothing_is_left_for_later() => AssertNowhere(Later(), "do it, or leave no note in the code");

    [Fact]
    public void No_test_is_skipped() => AssertNowhere(Skipped(), "a test runs or goes");

    [Fact]
    public void No_source_file_is_longer_than_it_may_be()
    {
        var long_ = Repository.Sources("src").Select(path => (path, lines: Repository.Read(path).TrimEnd('\n').Split('\n').Length)).Where(f => f.lines > MostLines);
        Assert.True(!long_.Any(), $"more than {MostLines} lines: {string.Join(", ", long_)}");
    }

    [Fact]
    public void No_folder_and_no_project_has_a_name_that_says_nothing()
    {
        string[] empty = ["core", "common", "shared", "util", "utils", "utilities", "helper", "helpers", "manager", "managers", "misc"];
        var bad = Repository.Sources("src").Concat(Repository.Sources("tests"))
            .Where(path => path.Split('/').SkipLast(1).SelectMany(part => part.Split('.')).Any(word => empty.Contains(word.ToLowerInvariant())));
        Assert.True(!bad.Any(), $"name the folder by its feature: {string.Join(", ", bad)}");
    }

    [Theory]
    [InlineData("var now = DateTime" + ".UtcNow;", nameof(WallClock))]
    [InlineData("DateTimeOffset" + ".Now.AddDays(1)", nameof(WallClock))]
    [InlineData("Thread" + ".Sleep(5);", nameof(Sleep))]
    [InlineData("var a = GetAsync()" + ".Result;", nameof(Blocking))]
    [InlineData("task" + ".Wait();", nameof(Blocking))]
    [InlineData("x.GetAwaiter()" + ".GetResult()", nameof(Blocking))]
    [InlineData("catch (IOException)\n{\n}", nameof(EmptyCatch))]
    [InlineData("catch { }", nameof(EmptyCatch))]
    [InlineData("catch (A e) when (e.B(c)) { }", nameof(EmptyCatch))]
    [InlineData("// TO" + "DO: later", nameof(Later))]
    [InlineData("throw new NotImplemented" + "Exception();", nameof(Later))]
    [InlineData("[Fact(" + "Skip = \"flaky\")]", nameof(Skipped))]
    public void The_rules_see_what_they_are_for(string code, string rule) => Assert.Matches(RuleOf(rule), code);

    private static Regex RuleOf(string name) => name switch
    {
        nameof(WallClock) => WallClock(),
        nameof(Sleep) => Sleep(),
        nameof(Blocking) => Blocking(),
        nameof(EmptyCatch) => EmptyCatch(),
        nameof(Later) => Later(),
        _ => Skipped(),
    };

    private static void AssertNowhere(Regex rule, string instead)
    {
        var found = new List<string>();
        foreach (var path in Repository.Sources("src").Concat(Repository.Sources("tests")).Where(p => !p.EndsWith("RuleTests.cs", StringComparison.Ordinal)))
        {
            var text = Repository.Read(path);
            found.AddRange(rule.Matches(text).Select(m => $"{path}:{text.AsSpan(0, m.Index).Count('\n') + 1}: {m.Value.ReplaceLineEndings(" ")}"));
        }
        Assert.True(found.Count == 0, $"{instead}:\n{string.Join('\n', found)}");
    }

    [GeneratedRegex(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b")]
    private static partial Regex WallClock();

    [GeneratedRegex(@"\bThread\.Sleep\b")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"Async\([^;\n]*\)\.Result\b|\b\w*[tT]ask\.Result\b|\.Wait\(\)|\.GetAwaiter\(\)\.GetResult\(\)")]
    private static partial Regex Blocking();

    [GeneratedRegex(@"\bcatch\b\s*(\([^)]*\))?\s*(when\s*\((?>[^()]+|\((?<open>)|\)(?<-open>))*(?(open)(?!))\))?\s*\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|\bHACK\b|new NotImplementedException\b")]
    private static partial Regex Later();

    [GeneratedRegex(@"\[(Fact|Theory)\([^\]]*\bSkip\b")]
    private static partial Regex Skipped();
}
