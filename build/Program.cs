using MemTools.Build;

var tasks = new Dictionary<string, (string Help, Func<string[], int> Run)>
{
    ["build"] = ("the command to out/memtools and the module to out/MemTools  [--arch x64|arm64] [--force]", BuildTask.Run),
    ["demo"] = ("build, provision gperftools without root, check samples/dmserver for leaks", DemoTask.Run),
    ["test"] = ("install what the tests need where that is allowed, run every suite  [unit|integration|fuzz|module ...]", TestTask.Run),
    ["bench"] = ("run one benchmark of bench/, or name them  [NAME [ARGUMENT...]]", BenchTask.Run),
    ["package"] = ("build, then a zip of the module and a tar.gz of the command with checksums  [--arch x64|arm64]", PackageTask.Run),
    ["clean"] = ("remove out/ and artifacts/", CleanTask.Run),
};

if (args.Length == 0 || args[0] is "-h" or "--help" or "help" || !tasks.TryGetValue(args[0], out var task))
{
    var wanted = args.Length == 0 || args[0] is "-h" or "--help" or "help";
    var help = wanted ? Console.Out : Console.Error;
    if (!wanted)
        help.WriteLine($"build: there is no task '{args[0]}'");
    help.WriteLine("usage: ./build.sh TASK [OPTION...]");
    foreach (var (name, (text, _)) in tasks)
        help.WriteLine($"  {name,-8} {text}");
    return wanted ? 0 : 2;
}

try
{
    return task.Run(args[1..]);
}
catch (BuildFailure failure)
{
    Console.Error.WriteLine($"build: {failure.Message}");
    return 1;
}
