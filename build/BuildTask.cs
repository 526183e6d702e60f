using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace MemTools.Build;

/// <summary>Publishes the command and lays the module out.</summary>
internal static class BuildTask
{
    private static readonly string[] SourceFolders = ["reports", "allocator", "containers", "module", "cli", "build", "docs"];

    /// <summary>The assemblies of the module: MemTools' own and nothing else, so that nothing clashes with the user's session.</summary>
    private static readonly string[] ModuleAssemblies =
        ["MemTools.PowerShell.dll", "MemTools.Reports.dll", "MemTools.Allocator.dll", "MemTools.Containers.dll"];

    public static int Run(string[] options)
    {
        var arguments = new Options(options);
        var architecture = arguments.Value("--arch");
        var force = arguments.Flag("--force");
        arguments.End();
        Build(architecture, force);
        return 0;
    }

    public static void Build(string? architecture = null, bool force = false)
    {
        var runtime = Repository.RuntimeIdentifier(architecture);
        var stamp = Path.Combine(Repository.Artifacts, "products.stamp");
        ViewerTask.Build();
        var state = State(runtime);
        if (!force && File.Exists(stamp) && File.ReadAllText(stamp) == state && File.Exists(Repository.Command)
            && File.Exists(Path.Combine(Repository.ModuleDirectory, "MemTools.psd1")))
        {
            Console.Error.WriteLine($"build: up to date: {Relative(Repository.Command)}, {Relative(Repository.ModuleDirectory)}");
            return;
        }

        File.Delete(stamp);
        var assemblies = Path.Combine(Repository.Artifacts, "publish", "module");
        var command = Path.Combine(Repository.Artifacts, "publish", "memtools");
        Clear(assemblies);
        Clear(command);
        var (code, output) = Publish(runtime, readyToRun: true, command, assemblies);
        if (code != 0 && LacksCrossgen(output))
        {
            Console.Error.WriteLine(
                "build: note: the ahead-of-time compiler (Crossgen2) could not be restored; built without it: commands start about 100 ms slower");
            (code, output) = Publish(runtime, readyToRun: false, command, assemblies);
        }

        if (code != 0)
        {
            Console.Error.Write(output);
            throw new BuildFailure("the products do not build");
        }

        // Symbols of the C# code stay in artifacts/.
        foreach (var symbols in new[] { command, assemblies }.SelectMany(folder => Directory.EnumerateFiles(folder, "*.pdb")))
            File.Delete(symbols);
        Replace(command, Repository.CommandDirectory);
        LayModule(assemblies);
        File.WriteAllText(stamp, state);
        Console.Error.WriteLine($"build: {Relative(Repository.Command)} and {Relative(Repository.ModuleDirectory)} ({Repository.Version}, {runtime})");
    }

    private static (int ExitCode, string Output) Publish(string runtime, bool readyToRun, string command, string module) =>
        Shell.Capture("dotnet",
        [
            "msbuild", Repository.InRoot("build", "Products.proj"), "-restore", "-nologo", "-v:quiet",
            $"-p:RuntimeIdentifier={runtime}", $"-p:ReadyToRun={(readyToRun ? "true" : "false")}",
            $"-p:CommandDir={command}/", $"-p:ModuleDir={module}/",
        ]);

    /// <summary>True when only the compiler or runtime packs for ReadyToRun could not be had (no network, a mirror without them).</summary>
    private static bool LacksCrossgen(string output) =>
        output.Contains("NETSDK1094", StringComparison.Ordinal)
        || Regex.IsMatch(output, @"error NU1\d\d\d:.*(crossgen2|Microsoft\.(NETCore|AspNetCore)\.App\.Runtime)", RegexOptions.IgnoreCase)
        || Regex.IsMatch(output, "error NU1301");

    /// <summary>The module's project publishes everything else: manifest, views, help.</summary>
    private static void LayModule(string folder)
    {
        var foreign = Directory.EnumerateFiles(folder, "*.dll").Select(path => Path.GetFileName(path)).Except(ModuleAssemblies).ToArray();
        if (foreign.Length > 0)
            throw new BuildFailure($"the module must load no assembly but its own; found {string.Join(", ", foreign)}");
        File.Copy(Repository.InRoot("LICENSE"), Path.Combine(folder, "LICENSE"), overwrite: true);
        Replace(folder, Repository.ModuleDirectory);
    }

    /// <summary>Puts a finished folder in another's place; files in use keep their old content, as they are not written over.</summary>
    private static void Replace(string finished, string place)
    {
        if (Directory.Exists(place))
            Directory.Delete(place, recursive: true);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        Directory.Move(finished, place);
    }

    private static void Clear(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
    }

    /// <summary>Names, sizes and times of all sources: when it is the same, nothing needs to be built.</summary>
    private static string State(string runtime)
    {
        var text = new StringBuilder(runtime).Append('\n');
        var files = SourceFolders.Select(name => Repository.InRoot(name)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/node_modules/", StringComparison.Ordinal))
            .Concat(Directory.EnumerateFiles(Repository.Root));
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var info = new FileInfo(file);
            text.Append(file).Append(' ').Append(info.Length).Append(' ').Append(info.LastWriteTimeUtc.Ticks).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Relative(string path) => Path.GetRelativePath(Repository.Root, path);
}
