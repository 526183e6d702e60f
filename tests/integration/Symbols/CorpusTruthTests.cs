using System.Text.Json;
using MemTools.Reports.Model;
using MemTools.Reports.Symbols;

namespace MemTools.IntegrationTests.Symbols;

/// <summary>Recorded stacks of leaky programs, named, against what the programs are known to leak and where.</summary>
public sealed class CorpusTruthTests
{
    public static TheoryData<string, string> Cases => new()
    {
        { "heapcheck-normal", "basic_c" }, { "heapcheck-normal", "basic_c_nopie" }, { "heapcheck-normal", "basic_compressed" },
        { "heapcheck-normal", "basic_dwarf4" }, { "heapcheck-normal", "basic_dwarf5" }, { "heapcheck-normal", "basic_sepdebug" },
        { "heapcheck-normal", "many" }, { "heapcheck-normal", "shlib" }, { "heapcheck-normal", "templ_O2" }, { "heapcheck-normal", "threads" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_leak_site_has_its_function_file_and_line(string engine, string name)
    {
        (Profile profile, JsonElement truth) = Load(engine, name);
        foreach (JsonElement site in truth.GetProperty("sites").EnumerateArray())
        {
            // What is reachable at the end is no leak, so no engine records it.
            if (site.GetProperty("kind").GetString() == "reachable")
                continue;
            string function = site.GetProperty("function").GetString()!, file = site.GetProperty("file").GetString()!;
            int line = site.GetProperty("line").GetInt32();
            // The truth names the call of malloc; a lambda is told by its closure, an inlined function by its caller too.
            List<Line> found = [.. profile.Locations.SelectMany(l => l.Lines)
                .Where(l => Path.GetFileName(l.FileName) == file && l.LineNumber == line && l.Function.Name.StartsWith(function, StringComparison.Ordinal))];
            Assert.True(found.Count > 0, $"{function} at {file}:{line} is in no stack");
            if (site.TryGetProperty("inlined_into", out JsonElement caller))
            {
                Assert.Contains(profile.Locations, l => l.Lines.Length > 1 && l.Lines[0].Function.Name == function && l.Lines[0].LineNumber == line
                    && l.Lines[^1].Function.Name == caller.GetString());
            }
        }
    }

    [Theory]
    [InlineData("basic_c", DebugInfoLevel.Lines)]
    [InlineData("basic_sepdebug", DebugInfoLevel.Lines)]
    [InlineData("basic_compressed", DebugInfoLevel.Lines)]
    [InlineData("basic_nog", DebugInfoLevel.Symbols)]
    public void The_module_says_what_its_names_rest_on(string name, DebugInfoLevel level)
    {
        (Profile profile, _) = Load("heapcheck-normal", name);
        Mapping mapping = profile.Mappings.First(m => m.Path.EndsWith("/app", StringComparison.Ordinal));
        Assert.Equal(level, mapping.DebugInfo!.Level);
        Assert.Matches("^[0-9a-f]{40}$", mapping.BuildId);
        Assert.Equal(level == DebugInfoLevel.Lines, mapping.DebugInfo.Missing is null);
    }

    [Fact]
    public void Without_debug_information_functions_are_named_and_lines_are_not()
    {
        (Profile profile, _) = Load("heapcheck-normal", "basic_nog");
        Assert.Contains(profile.Locations, l => l.Lines is [{ Function.Name: "leak_small", LineNumber: 0, FileName: "" }]);
    }

    [Fact]
    public void A_different_build_is_refused_and_both_ids_are_named()
    {
        (Profile profile, _) = Load("heapcheck-normal", "basic_c", m =>
        {
            if (m.Path.EndsWith("/app", StringComparison.Ordinal))
                m.BuildId = "00112233445566778899aabbccddeeff00112233";
        });
        Assert.Contains(profile.Warnings, w => w.Contains("00112233445566778899aabbccddeeff00112233", StringComparison.Ordinal)
            && w.Contains("0b84d21c8cc4a67597f10d642111997d86291f2a", StringComparison.Ordinal));
        Assert.DoesNotContain(profile.Locations, l => l.Lines.Length > 0);
    }

    [Fact]
    public void A_binary_given_by_the_user_stands_for_the_recorded_one()
    {
        string root = CorpusHeapFile.Root ?? Skip();
        Profile profile = CorpusHeapFile.Read(HeapFile(root, "heapcheck-normal", "basic_c"));
        var options = new SymbolizeOptions { BinaryPaths = [$"{root}/programs/basic_c/app"] };
        ProfileSymbolizer.Symbolize(profile, options, new NoFiles(), null, TestContext.Current.CancellationToken);
        Assert.Contains(profile.Locations, l => l.Lines is [{ Function.Name: "leak_small", LineNumber: 11 }]);
    }

    private static (Profile Profile, JsonElement Truth) Load(string engine, string name, Action<Mapping>? change = null)
    {
        string root = CorpusHeapFile.Root ?? Skip();
        Profile profile = CorpusHeapFile.Read(HeapFile(root, engine, name));
        foreach (Mapping mapping in profile.Mappings)
            change?.Invoke(mapping);
        ProfileSymbolizer.Symbolize(profile, new SymbolizeOptions(), CorpusHeapFile.Files, null, TestContext.Current.CancellationToken);
        using JsonDocument truth = JsonDocument.Parse(File.ReadAllText($"{root}/programs/{name}/expected.json"));
        return (profile, truth.RootElement.Clone());
    }

    private static string HeapFile(string root, string engine, string name)
    {
        string folder = $"{root}/{engine}/{name}";
        Assert.SkipUnless(Directory.Exists(folder), $"{folder} is not here");
        return Directory.GetFiles(folder, "*.heap").Order(StringComparer.Ordinal).First();
    }

    private static string Skip()
    {
        Assert.Skip("the corpus is not beside the repository (or at MEMTOOLS_SHARED)");
        return "";
    }

    private sealed class NoFiles : MemTools.Reports.IFileSource
    {
        public bool Exists(string path) => false;

        public string? Fetch(string path, CancellationToken cancellation) => null;
    }
}
