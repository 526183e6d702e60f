using System.Text.Json;
using MemTools.IntegrationTests.Launch;

namespace MemTools.IntegrationTests.HeapCheck;

/// <summary>One allocation site of a program: so many objects of one size, and whether a pointer still leads to them at exit.</summary>
internal sealed record MatrixSite(long Objects, long Size, bool IsReachable = false);

/// <summary>What one process of a program leaves behind.</summary>
/// <param name="Role">first, fork or exec.</param>
/// <param name="Sites">Everything that it did not free.</param>
internal sealed record MatrixProcess(string Role, IReadOnlyList<MatrixSite> Sites);

/// <summary>A program of one kind, and the truth about its processes.</summary>
/// <param name="Path">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Processes">What each process leaves behind.</param>
/// <param name="Function">A function that allocates.</param>
internal sealed record MatrixProgram(string Path, string[] Arguments, IReadOnlyList<MatrixProcess> Processes, string Function)
{
    /// <summary>True when the first process is a tracer and the program its child.</summary>
    public bool IsBehindTracer { get; init; }

    /// <summary>The programs of a row of the table; several where the row stands for several ends.</summary>
    public static IReadOnlyList<MatrixProgram> Of(string kind, LaunchFixture fixture) => kind switch
    {
        "leaks" => [Sample("basic_c")],
        "clean" => [Sample("clean")],
        "static" => [Sample("basic_static")],
        "stripped" => [Sample("basic_stripped")],
        "threads" => [Sample("threads")],
        "fork" => [Children(fixture, "fork", Forking, new MatrixProcess("fork", [new(1, 111), new(2, 222)]))],
        "exec" => [Children(fixture, "exec", Executing, new MatrixProcess("exec", [new(3, 333)]))],
        "dlclose" => [Plugin(fixture)],
        "SIGSEGV, abort, SIGTERM" => [End("segv"), End("abort"), End("term")],
        "_exit, quick_exit" => [End("_exit"), End("quick")],
        "ptrace denied" => [new(fixture.Compile("kind-denied", Denied, "-I" + Sources()), [], [new("first", [new(1, 111)])], "leak")],
        "traced by strace" => [Traced(Sample("basic_c"))],
        _ => throw new ArgumentException($"docs/heap-check.md has a kind of program that no test makes: {kind}", nameof(kind)),
    };

    private const string Leak = """
        #include <stdlib.h>
        #include <string.h>
        #include <sys/wait.h>
        #include <unistd.h>
        #include "scrub.h"
        volatile unsigned sink;
        static NOINLINE void leak(int count, unsigned long size) {
            for (int i = 0; i < count; i++) { char *p = malloc(size); memset(p, 1, size); sink += p[1]; }
        }

        """;

    private const string Forking = Leak + """
        int main(void) {
            CALL(leak(1, 111));
            pid_t child = fork();
            if (child == 0) { CALL(leak(2, 222)); exit(0); }
            waitpid(child, 0, 0);
            return 0;
        }
        """;

    private const string Executing = Leak + """
        int main(int argc, char **argv) {
            if (argc > 1) { CALL(leak(3, 333)); return 0; }
            CALL(leak(1, 111));
            pid_t child = fork();
            if (child == 0) { execl(argv[0], argv[0], "again", (char *)0); _exit(9); }
            waitpid(child, 0, 0);
            return 0;
        }
        """;

    /// <summary>A seccomp filter of the program's own denies ptrace(2), as hardened sandboxes do.</summary>
    private const string Denied = """
        #include <errno.h>
        #include <linux/filter.h>
        #include <linux/seccomp.h>
        #include <stddef.h>
        #include <sys/prctl.h>
        #include <sys/syscall.h>

        """ + Leak + """
        int main(void) {
            struct sock_filter filter[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 1, 0),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
            };
            struct sock_fprog program = { 4, filter };
            if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return 9;
            CALL(leak(1, 111));
            return 0;
        }
        """;

    private static MatrixProgram Sample(string name)
    {
        string path = LaunchFixture.Program(name);
        using JsonDocument truth = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, "expected.json")));
        var sites = new List<MatrixSite>();
        string? function = null;
        foreach (JsonElement site in truth.RootElement.GetProperty("sites").EnumerateArray())
        {
            long objects = site.GetProperty("objects").GetInt64();
            function ??= site.GetProperty("function").GetString()!.Split('(')[0];
            sites.Add(new MatrixSite(objects, site.GetProperty("bytes").GetInt64() / objects, site.GetProperty("kind").GetString() == "reachable"));
        }
        return new MatrixProgram(path, [], [new MatrixProcess("first", sites)], function ?? "main");
    }

    private static MatrixProgram End(string how) =>
        new(LaunchFixture.Program("abnormal"), [how], [new MatrixProcess("first", [new(1, 321)])], "leak");

    /// <summary>What the tracer itself leaves behind is not looked at.</summary>
    private static MatrixProgram Traced(MatrixProgram program) => program with
    {
        Path = LaunchFixture.Tool("strace"), Arguments = ["-f", "-o", "/dev/null", program.Path, .. program.Arguments], IsBehindTracer = true,
    };

    private static MatrixProgram Children(LaunchFixture fixture, string name, string source, MatrixProcess child) =>
        new(fixture.Compile("kind-" + name, source, "-I" + Sources()), [], [new MatrixProcess("first", [new(1, 111)]), child], "leak");

    private static MatrixProgram Plugin(LaunchFixture fixture)
    {
        fixture.Compile("plugin.so", File.ReadAllText(System.IO.Path.Combine(Sources(), "plugin.c")), "-shared", "-fPIC", "-I" + Sources());
        string program = fixture.Compile("kind-dlclose", File.ReadAllText(System.IO.Path.Combine(Sources(), "dlopen_main.c")), "-I" + Sources(), "-ldl");
        return new MatrixProgram(program, [], [new MatrixProcess("first", [new(5, 177)])], "plugin_leak");
    }

    private static string Programs() => System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(LaunchFixture.Program("basic_c")))!;

    /// <summary>Folder of scrub.h, which makes sure that no stale pointer keeps a lost block alive.</summary>
    public static string Sources() => System.IO.Path.Combine(Programs(), "src");
}
