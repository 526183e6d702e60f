using MemTools.Allocators.Catalog;
using MemTools.Allocators.Detect;
using MemTools.Allocators.Launch.Native;
using MemTools.Reports.Symbols.Elf;

namespace MemTools.Allocators.Preflight;

/// <summary>One program's file: can it start, and would a preload reach its malloc.</summary>
internal static class ProgramChecks
{
    /// <summary>Checks it; returns the script's first line when it is a script whose interpreter is to be looked at.</summary>
    public static ScriptLine? Run(PreflightContext context, ProgramFile file, bool isWrapper)
    {
        if (!CheckStart(context, file))
            return null;
        if (file.LocalPath is { } local)
            SecureExecution.Check(context, file.Path, local);
        if (file.Kind == ProgramKind.Script)
            return CheckScript(context, file);
        if (file.Kind == ProgramKind.Elf)
            CheckElf(context, file.Path, file.Elf!, isWrapper);
        return null;
    }

    private static bool CheckStart(PreflightContext context, ProgramFile file)
    {
        string path = file.Path;
        switch (file.Kind)
        {
            case ProgramKind.Missing:
                context.Block("ProgramNotFound", path, $"The program '{path}' is not there.", "",
                    path.Contains('\ufffd')
                        ? "Its name holds bytes that are not UTF-8, by which MemTools cannot open it: give the file, or a symbolic link to it, a name in UTF-8."
                        : "Check the path; a name without a slash is looked up in PATH.");
                return false;
            case ProgramKind.Directory:
                context.Block("ProgramIsDirectory", path, $"'{path}' is a directory.", "", "Name the program inside it.");
                return false;
            case ProgramKind.Empty:
                context.Block("ProgramIsEmpty", path, $"The program '{path}' is an empty file.", "", "Build or copy it again.");
                return false;
            case ProgramKind.Unknown:
                context.Block(
                    "ProgramFormatUnknown", path, $"'{path}' is neither an ELF program nor a script with a first line that names its interpreter ({file.Problem?.TrimEnd('.')}).",
                    "a shell would have run it as a shell script", "Build it for this system; for a script without '#!' name the interpreter: sh script.");
                return false;
        }
        if (context.Target is LocalTarget && file.LocalPath is { } local && Libc.access(local, Libc.X_OK) != 0)
        {
            context.Block(
                "ProgramNotExecutable", path, $"The program '{path}' may not be executed.", "",
                "chmod +x it, and check that its file system is not mounted noexec.");
            return false;
        }
        if (file.Kind == ProgramKind.Unreadable)
        {
            context.Warn(
                "ProgramNotReadable", path, $"The program '{path}' may be executed but not read, so that it cannot be examined.",
                "whether a preload takes effect stays unknown until it has run, and its report cannot be given names", "Ask for read permission.");
        }
        return true;
    }

    private static ScriptLine? CheckScript(PreflightContext context, ProgramFile file)
    {
        ScriptLine script = file.Script!;
        string interpreter = script.Interpreter;
        if (!context.Target.Exists(interpreter))
        {
            string hint = interpreter.EndsWith('\r')
                ? "Its lines end with carriage returns (Windows): convert it, for example with sed -i 's/\\r$//'."
                : "Install the interpreter, or correct the script's first line.";
            context.Block(
                "InterpreterNotFound", file.Path, $"'{file.Path}' is a script, and its interpreter '{interpreter.TrimEnd('\r')}' is not there.", "", hint);
            return null;
        }
        if (context.Preloads || context.Engine is not null)
        {
            context.Warn(
                "ProgramIsScript", file.Path, $"'{file.Path}' is a script: the program that runs is its interpreter {interpreter}.",
                "the interpreter's own allocations would be taken for the script's, and every program that the script starts is checked too",
                "Launch the program that the script starts, if there is one.");
        }
        return script;
    }

    private static void CheckElf(PreflightContext context, string path, ElfFile elf, bool isWrapper)
    {
        if (elf.Type is not (ElfType.Executable or ElfType.Dynamic))
        {
            context.Block(
                "ProgramFormatUnknown", path, $"'{path}' is an ELF file but no program ({elf.Type}).", "", "Link it, or name the program itself.");
            return;
        }
        if (elf.Interpreter is { } loader && !context.Target.Exists(loader))
        {
            context.Block(
                "InterpreterNotFound", path, $"'{path}' needs the dynamic loader {loader}, which is not there.", "",
                loader.Contains("ld-musl", StringComparison.Ordinal) ? "It was built for musl: install the musl package, or use a build for glibc." : "Install the libc it was built for.");
            return;
        }
        // Without preload and engine the loader says it as loudly itself.
        if (context.Preloads || context.Engine is not null)
            LibcVersions.CheckProgram(context, path, elf);
        // A wrapper passes the environment on however it is linked.
        if (isWrapper || !context.Preloads && context.Engine is null)
            return;
        if (elf.Interpreter is null)
        {
            if (context.Engine is not null && LinkedAllocator.OfStatic(elf) is { HeapCheck: Capability.Supported } own)
            {
                context.Inform(
                    "AllocatorLinkedIn", path, $"'{path}' is statically linked with {own.Name} {own.Version}, whose heap checker works without a preload.",
                    "Nothing: the check is switched on by its environment.");
                return;
            }
            context.Block(
                "StaticProgram", path, $"'{path}' is statically linked: the dynamic loader, which does the preloading, never runs.",
                $"it would run as always, exit with its own code and say nothing; {context.Purpose} would not have happened",
                "Link it dynamically, or link the allocator into it (-ltcmalloc), or use an engine that needs no preload (valgrind finds no malloc in it either).");
            return;
        }
        if (context.Preloads)
            CheckAgainstLibrary(context, path, elf);
    }

    private static void CheckAgainstLibrary(PreflightContext context, string path, ElfFile elf)
    {
        Allocator? allocator = context.Allocator;
        if (allocator?.Architecture is { } wanted && wanted != elf.Architecture)
        {
            context.Block(
                "OtherArchitecture", path, $"'{path}' is for {elf.Architecture}, {allocator.Path} for {wanted}.",
                $"the loader would print one line, leave the library out and run the program; {context.Purpose} would not have happened",
                $"Install {allocator.Name} for {elf.Architecture}.");
        }
        string libc = LibcVersions.LibcOf(elf);
        if (allocator?.Libc is { } other && libc.Length > 0 && other != libc)
        {
            context.Block(
                "OtherLibc", path, $"'{path}' was built for {libc}, {allocator.Path} for {other}.",
                "the loader would fail to relocate the library, or the program would crash at start",
                $"Use a build of {allocator.Name} for {libc}.");
        }
        if (elf.DefinesDynamicSymbol("malloc"))
            CheckOwnMalloc(context, path, elf);
        else if (LinkedAllocator.NeededEntry(elf) is { } linked)
        {
            context.Inform(
                "AllocatorLinkedIn", path,
                $"'{path}' is linked with {linked.Entry.Name} ({linked.Soname})"
                + (allocator is not null && allocator.Name != linked.Entry.Name ? $"; the preloaded {allocator.Name} takes its place." : "."),
                linked.Entry.OwnEngines.Count > 0 ? $"Its own check ({linked.Entry.OwnEngines[0]}) needs no preload." : "Nothing.");
        }
    }

    /// <summary>The program's own definition wins over every preloaded one.</summary>
    private static void CheckOwnMalloc(PreflightContext context, string path, ElfFile elf)
    {
        LibraryFacts own = LibraryFacts.Read(elf);
        if (own.Name is not null && context.Engine is { Name: "Gperftools" } && own.HeapCheck == Capability.Supported)
        {
            context.Inform(
                "AllocatorLinkedIn", path, $"{own.Name} {own.Version} is linked into '{path}'; its heap checker works without a preload.",
                "Nothing: the check is switched on by its environment.");
            return;
        }
        context.Block(
            "ProgramDefinesMalloc", path,
            $"'{path}' defines malloc itself{(own.Name is null ? "" : $" ({own.Name} {own.Version} is linked into it)")}, and its own definition wins over a preloaded one.",
            $"the library would be loaded and never called: {context.Purpose} would see no allocation and find nothing wrong",
            own.Name is not null && AllocatorCatalog.Find(own.Name) is { OwnEngines: [var engine, ..] }
                ? $"Use that allocator's own engine ({engine}), or link the program without it."
                : "Link the program without its own allocator, or use valgrind with --soname-synonyms=somalloc=NONE.");
    }
}
