using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace MemTools.Build;

/// <summary>Makes out/packages: a zip of the module, a tar.gz of the command, and SHA256SUMS.</summary>
internal static class PackageTask
{
    public static int Run(string[] options)
    {
        var arguments = new Options(options);
        var architecture = arguments.Value("--arch");
        arguments.End();
        BuildTask.Build(architecture);

        var runtime = Repository.RuntimeIdentifier(architecture);
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Out, "packages")).FullName;
        var zip = Path.Combine(folder, $"MemTools-{Repository.Version}-{runtime}.zip");
        var tar = Path.Combine(folder, $"memtools-{Repository.Version}-{runtime}.tar.gz");
        Zip(Repository.ModuleDirectory, "MemTools", zip);
        Tar(Repository.CommandDirectory, "memtools", tar);

        var packages = Directory.EnumerateFiles(folder).Where(file => Path.GetFileName(file) != "SHA256SUMS").Order(StringComparer.Ordinal);
        File.WriteAllLines(Path.Combine(folder, "SHA256SUMS"), packages.Select(file => $"{Digest(file)}  {Path.GetFileName(file)}"));
        foreach (var file in new[] { zip, tar })
            Console.WriteLine(Path.GetRelativePath(Repository.Root, file));
        return 0;
    }

    /// <summary>Entries in order and with one fixed time, so that the same files give the same package.</summary>
    private static readonly DateTimeOffset EntryTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static void Zip(string source, string top, string path)
    {
        File.Delete(path);
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var file in Files(source))
        {
            var entry = archive.CreateEntry($"{top}/{Path.GetRelativePath(source, file)}", CompressionLevel.SmallestSize);
            entry.LastWriteTime = EntryTime;
            using var content = entry.Open();
            using var bytes = File.OpenRead(file);
            bytes.CopyTo(content);
        }
    }

    private static void Tar(string source, string top, string path)
    {
        using var stream = new GZipStream(File.Create(path), CompressionLevel.SmallestSize);
        using var archive = new TarWriter(stream, TarEntryFormat.Pax);
        foreach (var file in Files(source))
        {
            using var bytes = File.OpenRead(file);
            archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{top}/{Path.GetRelativePath(source, file)}")
            {
                DataStream = bytes,
                Mode = File.GetUnixFileMode(file) | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
                ModificationTime = EntryTime,
            });
        }
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static string Digest(string path)
    {
        using var bytes = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
