namespace MemTools.Build;

/// <summary>
/// Bundles the page of the Html view (reports/viewer) with npm before the assemblies are compiled, which embed it. Where there is no npm the
/// products are built without it, and the Html view says so.
/// </summary>
internal static class ViewerTask
{
    public static void Build()
    {
        var folder = Repository.InRoot("reports", "viewer");
        var bundle = Path.Combine(folder, "dist", "viewer.js");
        if (File.Exists(bundle) && Newest(folder) <= File.GetLastWriteTimeUtc(bundle))
            return;
        if (Shell.Find("npm") is null)
        {
            Console.Error.WriteLine("build: note: there is no npm here; built without the page of the Html view");
            return;
        }

        var installed = Path.Combine(folder, "node_modules", ".package-lock.json");
        if (!File.Exists(installed) || File.GetLastWriteTimeUtc(installed) < File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json")))
        {
            var (code, output) = Shell.Capture("npm", ["ci", "--no-audit", "--no-fund"], folder, timeout: TimeSpan.FromMinutes(5));
            if (code != 0)
            {
                Console.Error.Write(output);
                Console.Error.WriteLine("build: note: npm could not install the viewer's packages; built without the page of the Html view");
                return;
            }
        }

        var (built, messages) = Shell.Capture("npm", ["run", "build"], folder, timeout: TimeSpan.FromMinutes(2));
        if (built == 0)
            return;
        Console.Error.Write(messages);
        throw new BuildFailure("the viewer does not build");
    }

    private static DateTime Newest(string folder) =>
        Directory.EnumerateFiles(Path.Combine(folder, "src")).Append(Path.Combine(folder, "package-lock.json")).Append(Path.Combine(folder, "build.mjs"))
            .Max(File.GetLastWriteTimeUtc);
}
