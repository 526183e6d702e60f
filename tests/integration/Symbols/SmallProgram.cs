namespace MemTools.IntegrationTests.Symbols;

/// <summary>
/// A program of two sources and a shared header that compiles in a moment: inlined calls within inlined calls, templates, namespaces, virtual
/// functions, lambdas, local classes, static functions, cold parts, and C.
/// </summary>
internal sealed class SmallProgram : IDisposable
{
    public TemporaryFolder Folder { get; } = new();

    /// <summary>Writes the sources and compiles them with the options given; returns the program.</summary>
    public string Build(string name, string compiler, params string[] options) =>
        Compile(name, compiler, options, "first.cpp", "second.cpp");

    /// <summary>The same for C, without a C library: for cross compilers.</summary>
    public string BuildC(string name, string compiler, params string[] options) => Compile(name, compiler, [.. options, "-nostdlib", "-ffreestanding", "-Wl,-e,main"], "plain.c");

    private string Compile(string name, string compiler, string[] options, params string[] sources)
    {
        File.WriteAllText(Folder["shapes.h"], Header);
        File.WriteAllText(Folder["first.cpp"], First);
        File.WriteAllText(Folder["second.cpp"], Second);
        File.WriteAllText(Folder["plain.c"], PlainC);
        var objects = new List<string>();
        foreach (string source in sources)
        {
            // One by one: where .dwo files go depends on it.
            objects.Add(Folder[$"{name}-{Path.GetFileNameWithoutExtension(source)}.o"]);
            Tools.Run(compiler, [.. options, "-c", "-o", objects[^1], Folder[source]]);
        }

        Tools.Run(compiler, [.. options, "-o", Folder[name], .. objects]);
        return Folder[name];
    }

    public void Dispose() => Folder.Dispose();

    private const string Header = """
        #pragma once
        #include <stdio.h>
        #include <stdlib.h>
        namespace shapes {
        struct Shape { virtual ~Shape() {} virtual long area(long seed) const = 0; };
        template <int Sides> inline long mix(long v) {
            for (int i = 0; i < Sides; i++) v = (v * 31 + i) ^ (v >> 7);
            return v + printf("%ld\n", v);
        }
        template <int Sides> inline long twice(long v) { return mix<Sides>(v) + mix<Sides + 1>(v + 1); }
        template <int Sides> struct Polygon : Shape {
            long edges[Sides];
            Polygon() { for (int i = 0; i < Sides; i++) edges[i] = twice<Sides>(i); }
            long area(long seed) const override {
                long sum = 0;
                for (long e : edges) sum += twice<Sides>(e + seed);
                if (sum == 42) { fprintf(stderr, "unlikely %ld\n", sum); abort(); }
                return sum;
            }
        };
        long total(Shape** all, int n, long seed);
        template <int N> long build(Shape** into, int at) {
            into[at] = new Polygon<N>();
            if constexpr (N > 2) return build<N - 1>(into, at + 1) + twice<N>(at);
            return at;
        }
        }
        """;

    private const string First = """
        #include "shapes.h"
        template <typename F> static inline long apply(long n, const F& f) { long s = 0; for (long i = 0; i < n; i++) s += f(i); return s; }
        static __attribute__((noinline)) long helper(long v) { return apply(v, [&](long i) { return shapes::mix<3>(i + v); }); }
        namespace { struct Local { long v; __attribute__((noinline)) long get(long by) const { return shapes::twice<5>(v * by); } }; }
        long first(int argc) {
            struct Inner { static __attribute__((noinline)) long deep(long v) { return shapes::twice<7>(v) + v; } };
            Local local{argc};
            auto again = [](auto self, long n) -> long { return n <= 0 ? 1 : self(self, n - 1) + shapes::mix<4>(n); };
            return helper(argc) + local.get(argc) + Inner::deep(argc) + again(again, argc);
        }
        int main(int argc, char**) {
            shapes::Shape* all[16];
            long n = shapes::build<12>(all, 0);
            return (int)(shapes::total(all, (int)n, argc) + first(argc)) == 7;
        }
        """;

    private const string Second = """
        #include "shapes.h"
        static inline long check(long v) { if (v == 1234567) { printf("cold %ld\n", v); abort(); } return shapes::mix<6>(v); }
        namespace shapes {
        long total(Shape** all, int n, long seed) {
            long sum = 0;
            for (int i = 0; i <= n; i++) sum += check(all[i]->area(seed)) + twice<9>(seed);
            return sum;
        }
        }
        extern "C" long plain(long v) { return check(v) + shapes::twice<8>(v); }
        """;

    private const string PlainC = """
        volatile long sink;
        static inline __attribute__((always_inline)) long step(long v) { sink = v; return v * 31 + (v >> 3) + sink; }
        static inline __attribute__((always_inline)) long steps(long v) {
            for (int i = 0; i < 9; i++) v = step(v) ^ step(v + i);
            return v;
        }
        __attribute__((noinline)) long worker(long v, long w) { return v > w ? steps(v) : steps(w) + step(v - w); }
        __attribute__((noinline)) static long local(long v) { sink += v; return steps(v) + worker(v, sink); }
        #define FUNCTION(n) __attribute__((noinline)) long function##n(long v) { long s = n; for (long i = 0; i < v; i++) s += steps(i + n) - local(s); return s; }
        FUNCTION(1) FUNCTION(2) FUNCTION(3) FUNCTION(4) FUNCTION(5) FUNCTION(6) FUNCTION(7) FUNCTION(8) FUNCTION(9)
        int main(void) { return (int)(function1(3) + function2(4) + function3(5) + function4(6) + function5(7) + function6(8) + function7(9) + function8(1) + function9(2)); }
        """;
}
