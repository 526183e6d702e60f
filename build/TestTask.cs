namespace MemTools.Build;

/// <summary>Runs every suite, says what could not run and why, and ends with the line <c>N passed, N failed, N skipped</c>.</summary>
internal static class TestTask
{
    /// <summary>The suites by name, in the order in which they run: quick ones first.</summary>
    private static readonly Dictionary<string, Func<SuiteResult>> Suites = new()
    {
        ["unit"] = () => XunitSuite.Run("unit", TimeSpan.FromMinutes(10)),
        ["integration"] = () => XunitSuite.Run("integration", TimeSpan.FromMinutes(45)),
        ["fuzz"] = FuzzSuite.Run,
        ["browser"] = BrowserSuite.Run,
        ["module"] = PesterSuite.Run,
    };

    /// <summary>Suites with tests in containers: they share one engine, and with it the images that the first of them makes.</summary>
    private static readonly string[] NeedEngine = ["integration", "module"];

    public static int Run(string[] options)
    {
        var wanted = new Options(options).Rest();
        foreach (var name in wanted.Where(name => !Suites.ContainsKey(name)))
            throw new BuildFailure($"there is no suite '{name}'; there are: {string.Join(", ", Suites.Keys)}");

        SystemPackages.Provide();
        BuildTask.Build();
        var total = new SuiteResult("all");
        using var engine = new ContainerEngine();
        foreach (var (name, run) in Suites)
        {
            if (wanted.Length > 0 ? !wanted.Contains(name) : !Directory.Exists(Repository.InRoot("tests", name)))
                continue;
            Console.WriteLine($"== {name} tests");
            if (NeedEngine.Contains(name))
                engine.Start();
            var result = run();
            Console.WriteLine($"{name}: {result.Passed} passed, {result.Failed} failed, {result.Skipped} skipped");
            total.Add(result);
        }

        Report(total);
        // The plain closing line that counts: alone and last.
        Console.WriteLine($"{total.Passed} passed, {total.Failed} failed, {total.Skipped} skipped");
        return total.Failed == 0 && total.Passed > 0 ? 0 : 1;
    }

    private static void Report(SuiteResult total)
    {
        if (total.SkipReasons.Count > 0)
        {
            Console.WriteLine("== skipped, and why");
            foreach (var (reason, count) in total.SkipReasons.OrderByDescending(entry => entry.Value))
                Console.WriteLine($"  {count,4}  {reason}");
        }

        if (total.Failures.Count > 0)
        {
            Console.WriteLine("== failed");
            foreach (var failure in total.Failures)
                Console.WriteLine($"  {failure}");
        }
    }
}
