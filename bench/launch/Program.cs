// What a launch by `memtools run` costs beyond a bare start of the same program with the same environment: interleaved, medians. Also the time of
// `memtools --version` and, where pwsh is, of importing the module.
//
//   ./build.sh bench launch [ROUNDS]
using System.Diagnostics;
using System.Globalization;
using MemTools.Bench.Launch;

var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 40;
var root = Directory.GetCurrentDirectory();
var memtools = Path.Combine(root, "out", "memtools", "memtools");
var program = args.Length > 1 ? args[1] : "/bin/true";
var state = Directory.CreateTempSubdirectory("memtools-bench-");
Environment.SetEnvironmentVariable("XDG_STATE_HOME", state.FullName);
try
{
    var tcmalloc = Preload.Find(memtools);
    Console.WriteLine($"{program}, {rounds} rounds, interleaved; milliseconds: median (fastest)");
    Row("bare posix_spawn", "memtools run", Measure(
        () => Spawn.Run(program, [], []),
        () => Spawn.Run(memtools, ["run", "--", program], [])));
    if (tcmalloc is null)
        Console.WriteLine("tcmalloc: not installed, not measured (memtools install tcmalloc)");
    else
    {
        Row("bare, tcmalloc preloaded", "memtools run -a tcmalloc", Measure(
            () => Spawn.Run(program, [], [$"LD_PRELOAD={tcmalloc}"]),
            () => Spawn.Run(memtools, ["run", "-a", "tcmalloc", "--", program], [])));
    }

    Console.WriteLine($"memtools --version: {Text(Times(() => Spawn.Run(memtools, ["--version"], [])))}");
    Pwsh.Measure(root, Math.Min(rounds, 10));
}
finally
{
    state.Delete(recursive: true);
}

return 0;

(double[] First, double[] Second) Measure(Action first, Action second)
{
    var (a, b) = (new double[rounds], new double[rounds]);
    for (var i = -2; i < rounds; i++)
    {
        // The order changes each round, so that neither always runs on what the other left behind.
        var (x, y) = i % 2 == 0 ? (Time(first), Time(second)) : Swap(Time(second), Time(first));
        if (i >= 0)
            (a[i], b[i]) = (x, y);
    }

    return (a, b);
}

double[] Times(Action action)
{
    action();
    var times = new double[rounds];
    for (var i = 0; i < rounds; i++)
        times[i] = Time(action);
    return times;
}

static (double, double) Swap(double a, double b) => (b, a);

static double Time(Action action)
{
    var start = Stopwatch.GetTimestamp();
    action();
    return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
}

static void Row(string first, string second, (double[] First, double[] Second) times)
{
    Console.WriteLine($"{first}: {Text(times.First)}   {second}: {Text(times.Second)}   beyond the bare start: {Median(times.Second) - Median(times.First):0.0}");
}

static string Text(double[] times) => $"{Median(times):0.0} ({times.Min():0.0})";

static double Median(double[] times) => times.Order().ElementAt(times.Length / 2);
