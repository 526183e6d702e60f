using System.Text;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Reports.Symbols.Dwarf;

/// <summary>
/// Finds the units that a compiler put into files of their own (<c>-gsplit-dwarf</c>; DWARF 5, section 7.3): in a package
/// (<c>PROGRAM.dwp</c>), or in the <c>.dwo</c> file that the skeleton names.
/// </summary>
internal sealed class SplitUnits(DwarfModule module, IReadOnlyList<string> binaryPaths, IReadOnlyList<string> symbolPaths) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, DwarfFile?> files = new(StringComparer.Ordinal);
    private DwpPackage? package;
    private bool packageSought;

    /// <summary>The split unit of a skeleton; null when the unit is no skeleton, or its file is missing (with a warning).</summary>
    public DwarfUnit? Open(DwarfUnit skeleton, WorkMeter work)
    {
        if (skeleton.DwoName.Form == 0)
            return null;
        string name = Encoding.UTF8.GetString(skeleton.Text(skeleton.DwoName)), folder = Encoding.UTF8.GetString(skeleton.Text(skeleton.CompDir));
        if (name.Length == 0)
            return null;
        DwarfUnit? split = FindPackage()?.Find(skeleton.DwoId);
        if (split is null && OpenFile(name, folder) is { } file)
            split = FindIn(file, skeleton.DwoId, work);
        if (split is null)
        {
            module.Warn($"{name} (split debug information, compiled in {folder}) was not found: functions of that unit have only their symbols");
            return null;
        }

        Connect(split, skeleton);
        UnitRoot.Read(split, new DieAttributes(), work);
        return split;
    }

    public void Dispose()
    {
        package?.File.Elf.Dispose();
        foreach (DwarfFile? file in files.Values)
            file?.Elf.Dispose();
    }

    private static void Connect(DwarfUnit split, DwarfUnit skeleton)
    {
        split.Skeleton = skeleton;
        split.AddressTable = skeleton.File.Addr;
        split.AddrBase = skeleton.AddrBase;
        split.BaseAddress = skeleton.BaseAddress;
        if (split.Version < 5)
        {
            split.RangesSection = skeleton.File.Ranges;
            split.RangesBase = skeleton.SplitRangesBase;
        }
    }

    private static DwarfUnit? FindIn(DwarfFile file, ulong id, WorkMeter work)
    {
        var root = new DieAttributes();
        foreach (int start in file.Units.Starts)
        {
            DwarfUnit unit = DwarfUnit.Parse(file, file.Info, start);
            if (unit.UnitType is DwarfUnit.UtType or DwarfUnit.UtSplitType)
                continue;
            if (unit.Version < 5)
                UnitRoot.Read(unit, root, work);
            if (unit.DwoId == id)
                return DwarfUnit.Parse(file, file.Info, start);
        }

        return null;
    }

    private DwpPackage? FindPackage()
    {
        lock (gate)
        {
            if (packageSought)
                return package;
            packageSought = true;
            foreach (string binary in binaryPaths)
            {
                package ??= DwpPackage.TryOpen(binary + ".dwp");
                foreach (string folder in symbolPaths)
                    package ??= DwpPackage.TryOpen(Path.Combine(folder, Path.GetFileName(binary) + ".dwp"));
            }

            return package;
        }
    }

    private DwarfFile? OpenFile(string name, string folder)
    {
        lock (gate)
        {
            string key = Path.Combine(folder, name);
            if (files.TryGetValue(key, out DwarfFile? known))
                return known;
            foreach (string path in Candidates(name, folder))
            {
                if (File.Exists(path) && ElfFile.TryOpen(path, out _) is { } elf)
                    return files[key] = new DwarfFile(elf, isSplit: true);
            }

            return files[key] = null;
        }
    }

    private IEnumerable<string> Candidates(string name, string folder)
    {
        yield return Path.Combine(folder, name);
        foreach (string binary in binaryPaths)
        {
            string beside = Path.GetDirectoryName(Path.GetFullPath(binary)) ?? "/";
            yield return Path.Combine(beside, name);
            yield return Path.Combine(beside, Path.GetFileName(name));
        }

        foreach (string path in symbolPaths)
        {
            yield return Path.Combine(path, name.TrimStart('/'));
            yield return Path.Combine(path, Path.GetFileName(name));
        }
    }
}
