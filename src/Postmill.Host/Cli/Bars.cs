using Spectre.Console;

namespace Postmill.Host.Cli;

/// <summary>How far something long has come, one bar for each step of it; gone when it ends.</summary>
internal static class Bars
{
    /// <param name="terminal">Where nobody looks, nothing is drawn.</param>
    /// <param name="work">Tells its step (our words, no markup), how much of it is done and how much there is; 0: nobody knows.</param>
    public static async Task<T> WithBarsAsync<T>(this Terminal terminal, Func<Action<string, long, long>, Task<T>> work)
    {
        if (terminal.OpenBars() is not { } console) return await work(static (_, _, _) => { });
        var progress = console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn());
        return await progress.StartAsync(context =>
        {
            ProgressTask? bar = null;
            return work((step, done, total) =>
            {
                if (bar?.Description != step)
                {
                    bar?.StopTask();
                    bar = context.AddTask(step);
                }
                bar.IsIndeterminate = total == 0;
                if (total == 0) return;
                bar.MaxValue = total;
                bar.Value = done;
            });
        });
    }
}
