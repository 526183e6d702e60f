using MemTools.IntegrationTests.Cli;

namespace MemTools.IntegrationTests.Symbols;

/// <summary>
/// <c>memtools symbols --format addr2line</c> and <c>--format llvm</c> against those tools, letter by letter, run now on the same program and list.
/// </summary>
/// <remarks>
/// The list is given twice and the second half compared: the first time addr2line meets a function without a linkage name it prints the symbol that holds
/// the address, and from then on the name it has settled on.
/// </remarks>
public sealed class CommandOutputTests
{
    private const string NoAddresses = "zz\n\n0X10\n";

    [Theory]
    [InlineData("", "-C -f -i")]
    [InlineData("--no-demangle", "-f -i")]
    [InlineData("--addresses", "-C -f -i -a")]
    [InlineData("--pretty-print", "-C -f -i -p")]
    [InlineData("-a -p -s", "-C -f -i -a -p -s")]
    [InlineData("--basenames", "-C -f -i -s")]
    [InlineData("--no-inlines", "-C -f")]
    [InlineData("--no-inlines -p -a", "-C -f -p -a")]
    [InlineData("--no-functions", "-i")]
    [InlineData("--no-functions -p -a", "-i -p -a")]
    [InlineData("--no-functions --no-inlines", "")]
    public async Task As_addr2line_prints_it(string options, string theirs)
    {
        Tools.Require("addr2line", "binutils");
        await CompareAsync("addr2line", options, theirs, NoAddresses + "12zz\n ffffffffffffffffff\n");
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("--no-demangle", "--no-demangle")]
    [InlineData("--addresses", "--addresses")]
    [InlineData("--pretty-print", "--pretty-print")]
    [InlineData("-a -p -s", "--addresses --pretty-print --basenames")]
    [InlineData("--no-inlines", "--no-inlines")]
    [InlineData("--no-functions", "--functions=none")]
    [InlineData("--no-functions -p -a", "--functions=none --pretty-print --addresses")]
    public async Task As_llvm_symbolizer_prints_it(string options, string theirs)
    {
        Tools.Require("llvm-symbolizer", "llvm");
        // Names as the linker knows them: llvm-symbolizer writes some of C++ in its own way.
        string raw = options.Contains("--no-demangle", StringComparison.Ordinal) ? "" : " --no-demangle";
        await CompareAsync("llvm-symbolizer", options + raw, theirs + raw, "zz\n0x1\n12\n017\n");
    }

    private static async Task CompareAsync(string tool, string options, string theirs, string noAddresses)
    {
        Tools.Require("g++", "g++");
        CommandProcess.Need();
        using var small = new SmallProgram();
        using var command = new CommandProcess();
        foreach (string program in (string[])[small.Build("program", "g++", "-O2", "-g", "-std=c++17"), small.BuildC("plain", "gcc", "-O2", "-g", "-static")])
        {
            string list = Comparison.Lines(Comparison.FunctionAddresses(program, 1500)) + noAddresses;
            string expected = Tools.Run(tool, [.. theirs.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-e", program], list + list);
            (int code, string actual, string error) = await command.RunAsync(
                ["symbols", "--binary", program, "--format", tool == "addr2line" ? "addr2line" : "llvm", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)], list + list);
            Assert.True(code == 0 && error.Length == 0, error);
            string[] lines = actual.Split('\n'), expectedLines = expected.Split('\n');
            int half = lines.Length / 2;
            Assert.True(half > 1200);
            Assert.Equal(expectedLines[^half..], lines[^half..]);
        }
    }
}
