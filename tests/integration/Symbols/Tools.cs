using System.Diagnostics;

namespace MemTools.IntegrationTests.Symbols;

/// <summary>Compilers and other symbolizers, run now.</summary>
internal static class Tools
{
    /// <summary>Skips the test, visibly, where a tool is missing.</summary>
    public static void Require(string tool, string package) =>
        Assert.SkipUnless(File.Exists(tool.Contains('/') ? tool : $"/usr/bin/{tool}"), $"{tool} is not installed: apt-get install {package}");

    /// <summary>Runs a tool that must succeed; returns what it prints.</summary>
    public static string Run(string program, string[] arguments, string input = "")
    {
        (int code, string output, string error) = Try(program, arguments, input);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {error}");
        return output;
    }

    /// <summary>Runs a tool that may fail.</summary>
    public static (int ExitCode, string Output, string Error) Try(string program, string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string text = output.GetAwaiter().GetResult(), problem = error.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, text, problem);
    }
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("memtools-symbols-").FullName;

    /// <summary>A path in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
