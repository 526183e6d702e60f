using System.Diagnostics;
using MemTools.Reports;

namespace MemTools.Cli.Infrastructure;

/// <summary>One line on a terminal's standard error, drawn at most ten times a second and wiped at the end.</summary>
internal sealed class ProgressBar(Terminal terminal) : IProgress<ProgressStep>, IDisposable
{
    private const int BarWidth = 24;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private long _last;
    private bool _drawn;

    public void Report(ProgressStep value)
    {
        lock (_lock)
        {
            if (_drawn && Stopwatch.GetElapsedTime(_last) < Pause)
                return;
            _last = Stopwatch.GetTimestamp();
            _drawn = true;
            var bar = "";
            if (value.Fraction >= 0)
            {
                var full = (int)Math.Round(Math.Clamp(value.Fraction, 0, 1) * BarWidth);
                bar = $" [{new string('#', full)}{new string('.', BarWidth - full)}] {Math.Clamp(value.Fraction, 0, 1) * 100,3:0} %";
            }

            var text = $"{value.Activity}{bar}{(value.Detail is null ? "" : " " + value.Detail)}";
            var width = Math.Max(10, terminal.Width - 1);
            terminal.Error.Write($"\r\e[K{(text.Length > width ? text[..width] : text)}");
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_drawn)
                terminal.Error.Write("\r\e[K");
            _drawn = false;
        }
    }
}
