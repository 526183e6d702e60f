using System.Globalization;
using MemTools.Allocators.Detect;
using MemTools.Allocators.Launch.Native;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Allocators.Preflight;

/// <summary>Which C library a file wants, and which version of it.</summary>
internal static class LibcVersions
{
    private const string Prefix = "GLIBC_";

    /// <summary><c>glibc</c>, <c>musl</c>, or empty when the loader's name does not tell.</summary>
    public static string LibcOf(ElfFile program)
    {
        string loader = Path.GetFileName(program.Interpreter ?? "");
        return loader.StartsWith("ld-musl", StringComparison.Ordinal) ? "musl"
            : loader.StartsWith("ld-linux", StringComparison.Ordinal) || loader.StartsWith("ld64.so", StringComparison.Ordinal) ? "glibc"
            : "";
    }

    /// <summary>A program that needs a newer glibc does not start; said before, with both versions.</summary>
    public static void CheckProgram(PreflightContext context, string path, ElfFile program)
    {
        if (Newest(program) is not { } needs || TargetVersion(context, program) is not { } has || Compare(needs, has) <= 0)
            return;
        context.Block(
            "NewerGlibcNeeded", path, $"'{path}' needs glibc {needs}, the target has {has}.",
            "the loader would end it with \"version `GLIBC_… ' not found\" and exit code 1, which looks like a leak check's",
            "Build it on a system as old as the target, or run it on a newer one.");
    }

    /// <summary>A library that needs a newer glibc cannot be loaded.</summary>
    public static void CheckLibrary(PreflightContext context, string path, ElfFile library)
    {
        if (Newest(library) is not { } needs || TargetVersion(context, library) is not { } has || Compare(needs, has) <= 0)
            return;
        context.Block(
            "NewerGlibcNeeded", path, $"{path} needs glibc {needs}, the target has {has}.",
            $"the loader would end the program at start, or leave the library out; {context.Purpose} would not have happened",
            "Install the allocator from the target's own distribution.");
    }

    private static string? Newest(ElfFile elf)
    {
        string? newest = null;
        foreach (IReadOnlyList<string> versions in elf.VersionNeeds.Values)
            newest = Newest(versions, newest);
        return newest;
    }

    private static string? Newest(IReadOnlyList<string> versions, string? newest)
    {
        foreach (string version in versions)
        {
            if (version.Length > Prefix.Length && version.StartsWith(Prefix, StringComparison.Ordinal) && char.IsAsciiDigit(version[Prefix.Length])
                && (newest is null || Compare(version[Prefix.Length..], newest) > 0))
                newest = version[Prefix.Length..];
        }
        return newest;
    }

    /// <summary>Numbers between dots: 2.4 is before 2.34.</summary>
    private static int Compare(string a, string b)
    {
        string[] left = a.Split('.');
        string[] right = b.Split('.');
        for (int i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            int difference = Part(left, i).CompareTo(Part(right, i));
            if (difference != 0)
                return difference;
        }
        return 0;

        static int Part(string[] parts, int index) =>
            index < parts.Length && int.TryParse(parts[index], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
    }

    /// <summary>The newest version that the target's libc.so.6 for that architecture defines; null when it has none.</summary>
    private static string? TargetVersion(PreflightContext context, ElfFile program)
    {
        // The C library that this process itself runs on needs no file read.
        if (context.Target is LocalTarget && program.Architecture == context.Target.Architecture && Libc.GlibcVersion is { } own)
            return own;
        foreach (string folder in LoaderFolders.Of(program.Architecture))
        {
            if (context.Target.Fetch($"{folder}/libc.so.6", context.Cancellation) is not { } path)
                continue;
            using ElfFile? libc = ElfFile.TryOpen(path, out _);
            if (libc is not null && libc.Architecture == program.Architecture)
                return Newest(libc.VersionDefinitions, null);
        }
        return null;
    }
}
