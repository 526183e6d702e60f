using System.Diagnostics;
using System.Text.Json;

namespace MemTools.Bench.Launch;

/// <summary>What <c>memtools run -a tcmalloc</c> preloads.</summary>
internal static class Preload
{
    /// <summary>The value of LD_PRELOAD; null when tcmalloc is not installed.</summary>
    public static string? Find(string memtools)
    {
        using var process = Process.Start(new ProcessStartInfo(memtools, ["allocators", "tcmalloc", "--installed", "--format", "json"]) { RedirectStandardOutput = true })!;
        using var found = JsonDocument.Parse(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        if (found.RootElement.GetArrayLength() == 0)
            return null;
        var library = found.RootElement[0];
        return string.Join(':', library.GetProperty("dependencies").EnumerateArray().Select(path => path.GetString()).Append(library.GetProperty("path").GetString()));
    }
}
