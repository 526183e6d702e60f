using System.Diagnostics;
using System.Text.RegularExpressions;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.IntegrationTests.Symbols;

/// <summary>What the reader says of files on this machine against what readelf says of them.</summary>
public sealed class ElfFileAgainstReadelfTests
{
    public static TheoryData<string> Files => new(
        "/bin/true", "/bin/bash", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6",
        "/lib64/ld-linux-x86-64.so.2", "/sbin/ldconfig");

    [Theory]
    [MemberData(nameof(Files))]
    public void Agrees(string path)
    {
        Assert.SkipUnless(File.Exists(path), $"{path} is not here");
        Assert.SkipUnless(File.Exists("/usr/bin/readelf"), "readelf (binutils) is not installed");
        using ElfFile elf = ElfFile.Open(path);

        Match buildId = Regex.Match(Readelf("-n", path), "Build ID: ([0-9a-f]+)");
        Assert.Equal(buildId.Success ? buildId.Groups[1].Value : null, elf.BuildId);

        string dynamic = Readelf("-d", path);
        Assert.Equal(Regex.Matches(dynamic, @"\(NEEDED\).*\[(.*)\]").Select(m => m.Groups[1].Value), elf.NeededLibraries);
        Match soname = Regex.Match(dynamic, @"\(SONAME\).*\[(.*)\]");
        Assert.Equal(soname.Success ? soname.Groups[1].Value : null, elf.Soname);

        string segments = Readelf("-l", path);
        Match interpreter = Regex.Match(segments, @"program interpreter: (.*)\]");
        Assert.Equal(interpreter.Success ? interpreter.Groups[1].Value : null, elf.Interpreter);

        Assert.Equal(
            Regex.Matches(Readelf("-S", path), @"^  \[ *\d+\] (\S*) ", RegexOptions.Multiline).Select(m => m.Groups[1].Value),
            elf.Sections.Select(s => s.Name));

        var theirs = Regex.Matches(
            Readelf("--dyn-syms", path), @"^ +\d+: ([0-9a-f]+) +(\w+) (\w+) +(\w+) +\w+ +(\S+) (\S+?)(?:@@?(\S+).*)?$", RegexOptions.Multiline)
            .Select(m => $"{m.Groups[1].Value} {m.Groups[6].Value} {m.Groups[7].Value} {m.Groups[5].Value != "UND"}").ToList();
        var ours = elf.DynamicSymbols.Where(s => s.Name.Length > 0)
            // readelf prints no version for the absolute symbols that stand for the versions themselves.
            .Select(s => $"{s.Value:x16} {s.Name} {(s.Name == s.Version ? null : s.Version)} {s.IsDefined}").ToList();
        Assert.Equal(theirs.Count, ours.Count);
        Assert.Equal(theirs.Order(), ours.Order());
    }

    private static string Readelf(string option, string path)
    {
        var start = new ProcessStartInfo("readelf", ["-W", option, path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
