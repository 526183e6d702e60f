using System.Diagnostics;
using MemTools.Reports.Symbols.Demangle;

namespace MemTools.IntegrationTests.Symbols.Demangle;

/// <summary>
/// Every symbol of big libraries, against binutils' c++filt run now. Where it is wrong or gives up is listed, with the
/// reasons, in tests/data/demangle/differences.tsv: none of these names is in these libraries.
/// </summary>
public sealed class CxxfiltTests
{
    private const string Libraries = "/usr/lib/x86_64-linux-gnu";

    [Theory]
    [InlineData("libstdc++6", Libraries + "/libstdc++.so.6", 5_000)]
    [InlineData("libllvm14", Libraries + "/libLLVM-14.so.1", 30_000)]
    [InlineData("librados2", Libraries + "/ceph/libceph-common.so.2", 10_000)]
    public void Every_symbol_is_written_as_cxxfilt_writes_it(string package, string library, int atLeast)
    {
        Assert.SkipUnless(File.Exists(library), $"{library} is not here: apt-get install {package}");
        string[] names = [.. Symbols(library).Where(IsCxx)];
        Assert.True(names.Length >= atLeast, $"{names.Length} symbols");
        Assert.Empty(Disagreements(names, "--no-recurse-limit"));
        Assert.Equal(0, names.Count(n => n.StartsWith("_ZN", StringComparison.Ordinal) && Demangler.Demangle(n) == n));
    }

    [Fact]
    public void Without_parameters_is_cxxfilts_form_without_parameters()
    {
        Assert.SkipUnless(File.Exists(Libraries + "/libstdc++.so.6"), "libstdc++ is not here");
        string[] names = [.. Symbols(Libraries + "/libstdc++.so.6").Where(IsCxx)];
        Assert.Empty(Disagreements(names, "--no-params", DemangleStyle.NoParameters));
    }

    [Fact]
    public void Rust_symbols_are_written_as_cxxfilt_writes_them_without_hashes()
    {
        string? library = Directory.Exists(Libraries) ? Directory.EnumerateFiles(Libraries, "libstd-*.so").FirstOrDefault() : null;
        Assert.SkipWhen(library is null, "Rust's standard library is not here: apt-get install libstd-rust-dev");
        string[] names = [.. Symbols(library!).Where(n => n.Contains("17h", StringComparison.Ordinal) || n.StartsWith("_R", StringComparison.Ordinal))];
        Assert.True(names.Length >= 500, $"{names.Length} symbols");
        Assert.Empty(Disagreements(names, "--no-verbose"));
    }

    private static bool IsCxx(string name) => name.StartsWith("_Z", StringComparison.Ordinal) || name.StartsWith("_GLOBAL_", StringComparison.Ordinal);

    private static IEnumerable<string> Disagreements(string[] names, string option, DemangleStyle style = DemangleStyle.Full)
    {
        string[] theirs = Cxxfilt(names, option);
        Assert.Equal(names.Length, theirs.Length);
        for (int i = 0; i < names.Length; i++)
        {
            string ours = Demangler.Demangle(names[i], style);
            if (ours != theirs[i])
                yield return $"{names[i]}\n  is  {ours}\n  not {theirs[i]}";
        }
    }

    /// <summary>The names of the dynamic and, if it is not stripped, of the static symbol table, without versions.</summary>
    private static IEnumerable<string> Symbols(string library)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/nm"), "nm (binutils) is not installed");
        return Run("nm", ["-D", "--without-symbol-versions", library], [])
            .Concat(Run("nm", [library], []))
            .Select(l => l[(l.LastIndexOf(' ') + 1)..])
            .Distinct(StringComparer.Ordinal);
    }

    private static string[] Cxxfilt(string[] names, string option)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/c++filt"), "c++filt (binutils) is not installed");
        return Run("c++filt", [option], names);
    }

    private static string[] Run(string program, string[] arguments, string[] input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        foreach (string line in input)
            process.StandardInput.WriteLine(line);
        process.StandardInput.Close();
        process.WaitForExit();
        string[] lines = output.Result.Split('\n');
        Assert.True(process.ExitCode == 0 || errors.Result.Contains("no symbols", StringComparison.Ordinal), errors.Result);
        return lines[..^1];
    }
}
