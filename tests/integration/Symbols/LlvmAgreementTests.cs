using System.Diagnostics;
using System.Text;
using MemTools.Reports.Symbols;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.IntegrationTests.Symbols;

/// <summary>
/// Random addresses of programs, against llvm-symbolizer run now: the whole inline chain's functions (mangled; the demangler has its own
/// tests), files and lines.
/// </summary>
/// <remarks>
/// What was seen to differ:
/// <list type="bullet">
/// <item>The file of a function that only the symbol table knows (<c>__do_global_dtors_aux</c> of the C runtime's start code, a <c>.cold</c>
/// part without a line row): llvm-symbolizer prints the symbol's STT_FILE (<c>crtstuff.c:0</c>), the engine <c>??:0</c>; neither has a line.
/// Seen on 2 of 50,000 calls of ceph-mon, and on none of 20,000 random addresses.</item>
/// <item>A separate debug file: llvm-symbolizer 14 leaves its <c>.symtab</c> unread, so that <c>f.cold</c> becomes <c>f</c>; the engine gives
/// the symbol table's name. Here symbols and debug information are joined in one file first.</item>
/// </list>
/// </remarks>
public sealed class LlvmAgreementTests
{
    private const double Required = 0.995;
    private const string Symbolizer = "/usr/bin/llvm-symbolizer";

    [Theory]
    [InlineData("-gdwarf-5", "-fPIE", "-pie")]
    [InlineData("-gdwarf-4", "-fno-pie", "-no-pie")]
    public void A_program_of_templates_is_resolved_as_llvm_symbolizer_does(string dwarf, string code, string link)
    {
        RequireTools("/usr/bin/g++", "g++");
        using var folder = new TemporaryFolder();
        string source = Path.Combine(folder.Path, "templates.cpp"), program = Path.Combine(folder.Path, "templates");
        File.WriteAllText(source, Program);
        Run("g++", [dwarf, code, link, "-O2", "-g", "-std=c++17", "-o", program, source], "");
        Compare(program, 6_000);
    }

    [Theory]
    [InlineData("/usr/bin/ceph-mon", "ceph-mon ceph-mon-dbg")]
    [InlineData("/usr/lib/x86_64-linux-gnu/ceph/libceph-common.so.2", "librados2 ceph-common-dbg")]
    public void Twenty_thousand_addresses_of_a_big_program_are_resolved_as_llvm_symbolizer_does(string program, string packages)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("MEMTOOLS_LARGE") == "1", "takes a minute and a gigabyte: set MEMTOOLS_LARGE=1");
        RequireTools("/usr/bin/eu-unstrip", "elfutils");
        Assert.SkipUnless(File.Exists(program), $"{program} is not here: apt-get install {packages}");
        string id;
        using (ElfFile elf = ElfFile.Open(program))
            id = elf.BuildId!;
        string debug = $"/usr/lib/debug/.build-id/{id[..2]}/{id[2..]}.debug";
        Assert.SkipUnless(File.Exists(debug), $"{debug} is not here: apt-get install {packages}");
        using var folder = new TemporaryFolder();
        string full = Path.Combine(folder.Path, "full");
        Run("eu-unstrip", [program, debug, "-o", full], "");
        Compare(full, 20_000);
    }

    private static void RequireTools(string other, string package)
    {
        Assert.SkipUnless(File.Exists(Symbolizer), "llvm-symbolizer is not installed: apt-get install llvm");
        Assert.SkipUnless(File.Exists(other), $"{other} is not installed: apt-get install {package}");
    }

    private static void Compare(string program, int count)
    {
        using ModuleSymbolizer module = ModuleSymbolizer.Open(program);
        Assert.Empty(module.Warnings);
        ElfSection text = module.Binary.FindSection(".text")!;
        var random = new Random(42);
        ulong[] addresses = [.. Enumerable.Range(0, count).Select(_ => text.Address + (ulong)random.NextInt64((long)text.Size))];
        var store = new SymbolStore(style: null);
        ResolvedAddresses resolved = module.Resolve(addresses, store, new ResolveOptions { QualifiedNames = false }, TestContext.Current.CancellationToken);
        string[] theirs = Run(Symbolizer, ["--no-demangle", $"--obj={program}"], string.Concat(addresses.Select(a => $"0x{a:x}\n"))).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(count, theirs.Length);

        int same = 0, inlined = 0, known = 0;
        var differences = new List<string>();
        for (int i = 0; i < count; i++)
        {
            string ours = Describe(resolved[i], store), other = WithoutColumns(theirs[i]);
            inlined += resolved[i].Length > 1 ? 1 : 0;
            known += resolved[i].Length > 0 && resolved[i][0].Line > 0 ? 1 : 0;
            if (ours == other)
                same++;
            else if (differences.Count < 10)
                differences.Add($"0x{addresses[i]:x}\n{ours}\nllvm-symbolizer:\n{other}");
        }

        // A comparison of nothing with nothing would agree too.
        Assert.True(known > count * 9 / 10 && inlined > count / 4, $"{known} addresses have lines, {inlined} are inlined, of {count}");
        Assert.True(same >= count * Required, $"{same} of {count} agree\n{string.Join("\n\n", differences)}");
    }

    private static string Describe(ReadOnlySpan<ResolvedFrame> frames, SymbolStore store)
    {
        var text = new StringBuilder();
        foreach (ResolvedFrame frame in frames)
        {
            string name = Encoding.UTF8.GetString(store.FunctionName(frame.Function)), file = Encoding.UTF8.GetString(store.FilePath(frame.File));
            text.Append(name.Length == 0 ? "??" : name).Append('\n').Append(file.Length == 0 ? "??" : file).Append(':').Append(frame.Line).Append('\n');
        }

        return text.Length == 0 ? "??\n??:0\n" : text.ToString();
    }

    private static string WithoutColumns(string answer)
    {
        string[] lines = answer.Trim('\n').Split('\n');
        for (int i = 1; i < lines.Length; i += 2)
            lines[i] = lines[i][..lines[i].LastIndexOf(':')];
        return string.Join('\n', lines) + "\n";
    }

    private static string Run(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string text = output.GetAwaiter().GetResult(), problem = error.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {problem}");
        return text;
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("memtools-llvm-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    /// <summary>Containers of containers, visitors, recursion by templates, lambdas, virtual calls and exceptions: some hundred KB of debug information.</summary>
    private const string Program = """
        #include <algorithm>
        #include <functional>
        #include <map>
        #include <memory>
        #include <numeric>
        #include <regex>
        #include <set>
        #include <sstream>
        #include <stdexcept>
        #include <string>
        #include <unordered_map>
        #include <variant>
        #include <vector>

        namespace shapes {
        struct Shape { virtual ~Shape() = default; virtual double area() const = 0; };
        template <int Sides> struct Polygon : Shape {
            std::vector<double> edges = std::vector<double>(Sides, Sides * 0.5);
            double area() const override { return std::accumulate(edges.begin(), edges.end(), 0.0, [](double a, double b) { return a * 1.5 + b; }); }
        };
        template <int N> void build(std::vector<std::unique_ptr<Shape>>& into) {
            into.push_back(std::make_unique<Polygon<N>>());
            if constexpr (N > 3) build<N - 1>(into);
        }
        }

        template <typename T> struct Tree {
            struct Node { T value; std::unique_ptr<Node> left, right; };
            std::unique_ptr<Node> root;
            void insert(T value) {
                auto* at = &root;
                while (*at) at = value < (*at)->value ? &(*at)->left : &(*at)->right;
                *at = std::make_unique<Node>(Node{std::move(value), nullptr, nullptr});
            }
            template <typename F> void visit(const F& f) const { walk(root.get(), f); }
            template <typename F> static void walk(const Node* n, const F& f) { if (n) { walk(n->left.get(), f); f(n->value); walk(n->right.get(), f); } }
        };

        template <typename Key, typename Value> std::size_t fill(int n) {
            std::map<Key, std::vector<Value>> ordered;
            std::unordered_map<int, std::set<Key>> buckets;
            for (int i = 0; i < n; i++) {
                std::ostringstream text;
                text << i * 7919 % 1000;
                Key key{};
                if constexpr (std::is_same_v<Key, std::string>) key = text.str(); else key = static_cast<Key>(i);
                ordered[key].push_back(Value{});
                buckets[i % 17].insert(key);
            }
            std::size_t total = ordered.size();
            for (auto& [k, v] : buckets) { total += v.size(); if (total > 1000000) throw std::runtime_error("too many: " + std::to_string(k)); }
            return total;
        }

        using Any = std::variant<int, double, std::string, std::vector<int>>;
        static std::string show(const Any& any) {
            return std::visit([](const auto& v) -> std::string {
                using T = std::decay_t<decltype(v)>;
                if constexpr (std::is_same_v<T, std::string>) return v;
                else if constexpr (std::is_same_v<T, std::vector<int>>) { std::string s; for (int i : v) s += std::to_string(i) + ","; return s; }
                else return std::to_string(v);
            }, any);
        }

        int main(int argc, char** argv) {
            std::vector<std::unique_ptr<shapes::Shape>> all;
            shapes::build<24>(all);
            std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->area() < b->area(); });
            Tree<std::string> words;
            Tree<long> numbers;
            for (int i = 0; i < argc + 40; i++) { words.insert(std::to_string(i * 31 % 47)); numbers.insert(i * 37L % 41); }
            std::size_t length = 0;
            words.visit([&](const std::string& w) { length += w.size(); });
            numbers.visit([&](long n) { length += n; });
            std::function<int(int)> fibonacci = [&](int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); };
            try {
                length += fill<std::string, double>(200) + fill<int, std::string>(200) + fill<long, std::vector<char>>(100) + fill<unsigned short, std::pair<int, std::string>>(100);
            } catch (const std::exception& e) {
                length += std::string(e.what()).size();
            }
            std::regex pattern("([a-z]+)=([0-9]+)");
            std::smatch match;
            std::string line = argc > 1 ? argv[1] : "size=42";
            if (std::regex_match(line, match, pattern)) length += match.size();
            for (const Any& any : {Any{1}, Any{2.5}, Any{line}, Any{std::vector<int>{1, 2, 3}}}) length += show(any).size();
            return static_cast<int>(length + fibonacci(10)) == 0;
        }
        """;
}
