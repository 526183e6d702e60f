using MemTools.Allocators;

namespace MemTools.IntegrationTests.Allocators;

/// <summary>
/// A small root file system of a newer Debian suite with its gperftools, made from its packages by apt with sources, lists and status of
/// their own: nothing of this system changes. trixie has gperftools 2.16, the last with a heap checker; sid has 2.18, without.
/// Made once per machine, below the temporary folder.
/// </summary>
internal sealed class NewerSuite
{
    private static readonly string[] Wanted = ["libgoogle-perftools4t64", "libtcmalloc-minimal4t64", "liblsan0", "coreutils"];
    private static readonly Dictionary<string, string> EnvironmentC = new() { ["LC_ALL"] = "C", ["DEBIAN_FRONTEND"] = "noninteractive" };

    private NewerSuite(string suite, string root, string options)
    {
        (Suite, Root, AptConfiguration) = (suite, root, options);
    }

    /// <summary>trixie or sid.</summary>
    public string Suite { get; }

    /// <summary>The root file system.</summary>
    public string Root { get; }

    /// <summary>An apt.conf for <c>APT_CONFIG</c>: this suite's lists, and a status in which nothing is installed.</summary>
    public string AptConfiguration { get; }

    /// <summary>The suite's file system as a target: commands run in it by chroot, with /proc, in a mount namespace of their own.</summary>
    public ITarget Target => new ChrootTarget(Root, $"image:{Suite}");

    /// <summary>Makes it, or skips the test with the reason why it cannot be had.</summary>
    public static async Task<NewerSuite> RequireAsync(string suite)
    {
        Assert.SkipUnless(LocalTarget.Instance.IsRoot, "entering another root file system (chroot) needs root");
        foreach (var program in new[] { "apt-get", "dpkg-deb", "chroot", "unshare" })
        {
            Assert.SkipUnless(LocalTarget.Instance.FindProgram(program) is not null, $"{program} is not installed");
        }

        const string keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
        Assert.SkipUnless(File.Exists(keys), $"there is no {keys}");
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"memtools-test-suite-{suite}")).FullName;
        using var held = await LockAsync(Path.Combine(folder, ".lock"));
        var (root, configuration) = (Path.Combine(folder, "root"), Path.Combine(folder, "apt.conf"));
        var done = Path.Combine(folder, "done");
        if (!File.Exists(done) || await File.ReadAllTextAsync(done) != string.Join(' ', Wanted))
        {
            await MakeAsync(suite, folder, root, configuration, keys);
        }

        var made = new NewerSuite(suite, root, configuration);
        var probe = await made.Target.RunAsync(new CommandRequest("true", []), TestContext.Current.CancellationToken);
        Assert.SkipUnless(probe.ExitCode == 0, $"chroot with a mount namespace does not work here: {probe.StandardError.Trim()}");
        return made;
    }

    private static async Task MakeAsync(string suite, string folder, string root, string configuration, string keys)
    {
        var uri = (await RunAsync("apt-get", ["indextargets", "--format", "$(ORIGIN) $(REPO_URI)"], null)).StandardOutput.Split('\n')
            .FirstOrDefault(l => l.StartsWith("Debian ", StringComparison.Ordinal) && !l.Contains("security", StringComparison.Ordinal))?[7..].Trim();
        Assert.SkipWhen(uri is null, "apt has no Debian mirror");
        foreach (var old in Directory.GetFileSystemEntries(folder).Where(f => Path.GetFileName(f) != ".lock"))
        {
            if (Directory.Exists(old))
            {
                Directory.Delete(old, recursive: true);
            }
            else
            {
                File.Delete(old);
            }
        }

        Directory.CreateDirectory(Path.Combine(folder, "lists", "partial"));
        Directory.CreateDirectory(Path.Combine(folder, "cache", "archives", "partial"));
        var packages = Directory.CreateDirectory(Path.Combine(folder, "packages")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "sources.list"), $"deb [signed-by={keys}] {uri} {suite} main\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "status"), "");
        await File.WriteAllTextAsync(configuration, $$"""
            Dir::State::lists "{{folder}}/lists";
            Dir::State::status "{{folder}}/status";
            Dir::Cache "{{folder}}/cache";
            Dir::Etc::sourcelist "{{folder}}/sources.list";
            Dir::Etc::sourceparts "/dev/null";
            Acquire::Languages "none";
            Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
            APT::Sandbox::User "root";

            """);
        var update = await RunAsync("apt-get", ["-q", "update"], configuration);
        Assert.SkipUnless(update.ExitCode == 0, $"the lists of {suite} cannot be had: {update.StandardError.Split('\n')[0]}");
        var plan = await RunAsync("apt-get", ["-s", "-q", "--no-install-recommends", "install", .. Wanted], configuration);
        var names = plan.StandardOutput.Split('\n').Where(l => l.StartsWith("Inst ", StringComparison.Ordinal)).Select(l => l.Split(' ')[1]).ToList();
        Assert.SkipWhen(names.Count == 0, $"{suite} has no such gperftools: {plan.StandardError.Split('\n')[0]}");
        var download = await RunAsync("apt-get", ["-q", "download", .. names], configuration, packages);
        Assert.SkipUnless(download.ExitCode == 0, $"packages of {suite} cannot be had: {download.StandardError.Split('\n')[0]}");

        // Merged /usr first: packages of trixie and later ship no /lib of their own.
        foreach (var name in new[] { "bin", "sbin", "lib", "lib64" })
        {
            Directory.CreateDirectory(Path.Combine(root, "usr", name));
            File.CreateSymbolicLink(Path.Combine(root, name), "usr/" + name);
        }

        foreach (var name in new[] { "proc", "tmp", "dev", "etc" })
        {
            Directory.CreateDirectory(Path.Combine(root, name));
        }

        foreach (var deb in Directory.EnumerateFiles(packages, "*.deb"))
        {
            var tar = Path.Combine(folder, "data.tar");
            await RunAsync("sh", ["-c", "dpkg-deb --fsys-tarfile \"$1\" > \"$2\" && tar -xf \"$2\" -C \"$3\" --keep-directory-symlink", "sh", deb, tar, root], null);
        }

        Directory.Delete(packages, recursive: true);
        File.Delete(Path.Combine(folder, "data.tar"));
        await File.WriteAllTextAsync(Path.Combine(folder, "done"), string.Join(' ', Wanted));
    }

    private static Task<CommandResult> RunAsync(string program, IReadOnlyList<string> arguments, string? configuration, string? directory = null)
    {
        var environment = EnvironmentC.ToDictionary(e => e.Key, e => (string?)e.Value);
        if (configuration is not null)
        {
            environment["APT_CONFIG"] = configuration;
        }

        return LocalTarget.Instance.RunAsync(new CommandRequest(program, arguments, environment, directory), TestContext.Current.CancellationToken);
    }

    private static async Task<FileStream> LockAsync(string path)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (tries < 1200)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }
    }
}
