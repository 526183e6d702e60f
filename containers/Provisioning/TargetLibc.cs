using MemTools.Allocators;
using MemTools.Allocators.Catalog;
using MemTools.Allocators.Detect;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Containers.Provisioning;

/// <summary>The C library of a target.</summary>
/// <param name="Name"><c>glibc</c>, <c>musl</c>, or null when there is none.</param>
/// <param name="Version">glibc's version, for example 2.36; null for others.</param>
internal sealed record TargetLibc(string? Name, string? Version)
{
    private const string Prefix = "GLIBC_";

    /// <summary>Reads it from the files: a name of a distribution proves nothing.</summary>
    public static TargetLibc Read(ITarget target, CancellationToken cancellation)
    {
        foreach (string folder in LoaderFolders.Of(target.Architecture))
        {
            if (target.Fetch(folder + "/libc.so.6", cancellation) is not { } path)
                continue;
            using ElfFile? libc = ElfFile.TryOpen(path, out _);
            if (libc is null || libc.Architecture != target.Architecture)
                continue;
            string? newest = null;
            foreach (string version in libc.VersionDefinitions.Where(v => v.StartsWith(Prefix, StringComparison.Ordinal) && char.IsAsciiDigit(v[^1]) && char.IsAsciiDigit(v[Prefix.Length])))
            {
                string number = version[Prefix.Length..];
                if (LibraryVersion.Compare(number, newest) > 0)
                    newest = number;
            }

            return new TargetLibc("glibc", newest);
        }

        return target.Exists($"/lib/ld-musl-{target.Architecture}.so.1") ? new TargetLibc("musl", null) : new TargetLibc(null, null);
    }
}
