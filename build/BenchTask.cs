namespace MemTools.Build;

/// <summary>Runs a benchmark: bench/NAME/run or run.sh, a script, or the C# project in that folder.</summary>
internal static class BenchTask
{
    public static int Run(string[] arguments)
    {
        var folder = Repository.InRoot("bench");
        var names = Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder).Where(path => Find(path) is not null).Select(path => Path.GetFileName(path)).Order().ToArray()
            : [];
        if (arguments.Length == 0)
        {
            Console.WriteLine("usage: ./build.sh bench NAME [ARGUMENT...]");
            foreach (var name in names)
                Console.WriteLine($"  {name}");
            return 0;
        }

        if (!names.Contains(arguments[0]))
            throw new BuildFailure($"there is no benchmark '{arguments[0]}'; there are: {string.Join(", ", names)}");
        BuildTask.Build();
        var program = Find(Path.Combine(folder, arguments[0]))!;
        return program.EndsWith(".csproj", StringComparison.Ordinal)
            ? Shell.Run("dotnet", ["run", "--project", program, "-c", "Release", "-v", "quiet", "--", .. arguments[1..]])
            : Shell.Run(program, arguments[1..]);
    }

    private static string? Find(string folder) =>
        new[] { "run", "run.sh" }.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? Directory.EnumerateFiles(folder, "*.csproj").FirstOrDefault();
}
