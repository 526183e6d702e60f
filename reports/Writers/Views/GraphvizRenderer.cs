using System.Diagnostics;
using MemTools.Reports.Errors;

namespace MemTools.Reports.Writers.Views;

/// <summary>Turns a dot graph into a picture with Graphviz' <c>dot</c>.</summary>
public static class GraphvizRenderer
{
    /// <summary>Runs dot; it ends when cancelled.</summary>
    /// <exception cref="MemToolsException">GraphvizMissing, GraphvizFailed.</exception>
    public static async Task RenderAsync(string dot, string format, Stream output, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dot") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("-T" + format);
        using Process process = Start(start);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
            Task copy = process.StandardOutput.BaseStream.CopyToAsync(output, cancellation);
            try
            {
                await process.StandardInput.WriteAsync(dot.AsMemory(), cancellation);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // dot ended early; its message says why.
            }

            await copy;
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode != 0)
            {
                throw new MemToolsException(
                    "GraphvizFailed", MemToolsErrorCategory.InvalidOperation, $"dot ended with exit code {process.ExitCode}: {(await errors).Trim()}", "dot",
                    "Write the Dot view and run dot on it by hand, or show fewer nodes.");
            }
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new MemToolsException(
                "GraphvizMissing", MemToolsErrorCategory.NotInstalled, "The Svg view needs Graphviz' dot, which is not installed.", "dot",
                "Install the package graphviz, or use the FlameGraph or Html view, which need nothing.", error);
        }
    }
}
