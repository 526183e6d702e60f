namespace MemTools.Build;

/// <summary>The whole of MemTools in one go on a fresh machine: build, provision gperftools, check the leaky sample server.</summary>
internal static class DemoTask
{
    /// <summary><c>memtools</c>' exit code for "the check ran and found leaks", which is what the demo must end in.</summary>
    private const int LeaksFound = 1;

    public static int Run(string[] options)
    {
        new Options(options).End();
        BuildTask.Build();
        Step("memtools install tcmalloc");
        var code = Shell.Run(Repository.Command, ["install", "tcmalloc"]);
        if (code != 0)
            throw new BuildFailure($"gperftools could not be provisioned (exit code {code})");
        var server = Path.Combine("samples", "dmserver", "prebuilt", "dmserver");
        Step($"memtools run --allocator tcmalloc --heap-check normal -- {server}");
        code = Shell.Run(Repository.Command, ["run", "--allocator", "tcmalloc", "--heap-check", "normal", "--", server], timeout: TimeSpan.FromMinutes(2));
        if (code != LeaksFound)
            throw new BuildFailure($"the sample's leaks were not found (exit code {code}, expected {LeaksFound})");
        Console.WriteLine("The sample's planted leaks were found; samples/dmserver/README.md describes them.");
        return 0;
    }

    private static void Step(string command) => Console.WriteLine($"\n$ {command}");
}
